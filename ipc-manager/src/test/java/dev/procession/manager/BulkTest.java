package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.UnserializableException;
import dev.procession.testing.Await;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Methods that do more than one request may, and changes whose events go out in slices. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BulkTest {

    private static final int MANY = 10_000;

    private Manager manager;

    @BeforeEach
    void start() {
        manager = Manager.embedded();
    }

    @AfterEach
    void stop() {
        manager.close();
    }

    private static Map<Integer, Integer> numbers(int count) {
        Map<Integer, Integer> numbers = new HashMap<>();
        for (int i = 0; i < count; i++) {
            numbers.put(i, -i);
        }
        return numbers;
    }

    @Test
    void shouldPutAndGetMoreEntriesThanARequestHas() {
        SharedDict<Integer, Integer> dict = manager.dict("d");
        Map<Integer, Integer> numbers = numbers(MANY);
        dict.putAll(numbers);
        assertThat(dict).hasSize(MANY);
        Set<Integer> keys = new HashSet<>(numbers.keySet());
        keys.add(-1);
        assertThat(dict.getAll(keys)).isEqualTo(numbers);
        assertThat(dict.getAll(List.of())).isEmpty();
    }

    private static final int PART = 4096;

    @Test
    void shouldKeepThePartsThatWerePutBeforeOneThatDoesNotFit() {
        int limit = 2 * PART * 160; // about 146 bytes an entry
        try (Manager small = Manager.builder().maxBytes(limit).embedded()) {
            SharedDict<Integer, Integer> dict = small.dict("d");
            dict.clear(); // from its answer on, the size of parts is known
            Map<Integer, Integer> numbers = new LinkedHashMap<>();
            IntStream.range(0, MANY).forEach(i -> numbers.put(i, i));
            assertThatThrownBy(() -> dict.putAll(numbers))
                    .isInstanceOf(ManagerException.class)
                    .hasMessageContaining("full");
            assertThat(dict.size()).isEqualTo(2 * PART);
            assertThat(dict.containsKey(2 * PART - 1)).isTrue();
            SharedSet<Integer> set = small.set("s");
            dict.keySet().removeIf(key -> key < PART + PART / 2);
            assertThatThrownBy(() -> set.addAll(numbers.keySet()))
                    .isInstanceOf(ManagerException.class)
                    .hasMessageContaining("full");
            assertThat(set.size()).isEqualTo(PART);
            assertThat(set.contains(PART - 1)).isTrue();
        }
    }

    @Test
    void shouldKeepThePartsThatWerePutBeforeAValueThatCannotBeSerialised() {
        SharedDict<Integer, Object> dict = manager.dict("d");
        dict.clear(); // from its answer on, the size of parts is known
        Map<Integer, Object> values = new LinkedHashMap<>();
        IntStream.range(0, MANY).forEach(i -> values.put(i, i));
        values.put(PART + 1, new Object());
        assertThatThrownBy(() -> dict.putAll(values)).isInstanceOf(UnserializableException.class);
        assertThat(dict.size()).isEqualTo(PART);
        assertThat(dict.containsKey(PART - 1)).isTrue();
    }

    @Test
    void shouldAddMoreElementsThanARequestHas() {
        SharedSet<Integer> set = manager.set("s");
        Set<Integer> numbers = numbers(MANY).keySet();
        assertThat(set.addAll(List.of())).isFalse();
        assertThat(set.addAll(List.of(1, 2))).isTrue();
        assertThat(set.addAll(numbers)).isTrue();
        assertThat(set.addAll(numbers)).isFalse();
        assertThat(set).isEqualTo(numbers);
    }

    @Test
    void shouldRemoveElementsOfAListInManyPlaces() {
        SharedList<Integer> list = manager.list("l");
        list.addAll(IntStream.range(0, MANY).boxed().toList());
        assertThat(list.removeIf(element -> element < 0)).isFalse();
        assertThat(list.removeIf(element -> element % 2 == 0)).isTrue(); // by replacing the list
        assertThat(list.removeIf(element -> element % 5 == 0)).isTrue();
        assertThat(list.removeAll(List.of(1, 3, 9, MANY - 1))).isTrue();
        List<Integer> expected = new ArrayList<>();
        for (int i = 7; i < MANY - 1; i += 2) {
            if (i % 5 != 0 && i != 9) {
                expected.add(i);
            }
        }
        assertThat(list).isEqualTo(expected);
        assertThat(list.retainAll(List.of(7, 11))).isTrue();
        assertThat(list).containsExactly(7, 11);
        assertThat(list.removeIf(element -> true)).isTrue();
        assertThat(list).isEmpty();
    }

    @Test
    void shouldRemoveFromAListThatNoMessageHolds() {
        try (Manager small = Manager.builder().maxMessageBytes(1 << 16).embedded()) {
            SharedList<byte[]> list = small.list("l");
            for (int i = 0; i < 20; i++) {
                list.add(new byte[10_000 + i]);
            }
            assertThat(list.removeIf(element -> element.length == 10_003)).isTrue();
            assertThat(list).hasSize(19).noneMatch(element -> element.length == 10_003);
        }
    }

    /** Writes the events down, as {@code key=value} or {@code key}. */
    private static final class Notes implements DictListener<Integer, Integer> {
        private final List<String> events = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void put(Integer key, Integer value) {
            events.add(key + "=" + value);
        }

        @Override
        public void removed(Integer key) {
            events.add(key.toString());
        }

        @Override
        public void missed() {
            events.add("missed");
        }
    }

    @Test
    void shouldTellOfAClearedDictBeforeLaterChanges() {
        int entries = 7000; // fewer than a listener may be behind
        SharedDict<Integer, Integer> dict = manager.dict("d");
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < entries; i++) {
            dict.set(i, i);
            expected.add(Integer.toString(i));
        }
        Notes all = new Notes();
        Notes one = new Notes();
        Notes late = new Notes();
        dict.watch(all);
        dict.watch(entries - 1, one);
        dict.clear();
        assertThat(dict).isEmpty();
        dict.watch(late);
        for (int i = 0; i < 3; i++) {
            dict.set(entries - 1, i);
            expected.add(entries - 1 + "=" + i);
        }
        List<String> puts = expected.subList(entries, entries + 3);
        Await.until(() -> late.events.size() >= 3, "the last change was told");
        Await.until(() -> all.events.size() >= expected.size(), "all changes were told");
        Await.until(() -> one.events.size() >= 4, "the changes of one entry were told");
        assertThat(all.events).isEqualTo(expected);
        assertThat(late.events).isEqualTo(puts);
        assertThat(one.events).isEqualTo(expected.subList(entries - 1, entries + 3));
    }
}
