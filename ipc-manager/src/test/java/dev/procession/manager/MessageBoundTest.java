package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A value that was put in one message can be read, however large its neighbours are. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MessageBoundTest {

    private static final int MESSAGE_BYTES = 1 << 16;
    private static final String LARGE = "x".repeat(40_000);

    private static Manager manager;

    @BeforeAll
    static void start() {
        manager = Manager.builder().maxMessageBytes(MESSAGE_BYTES).embedded();
    }

    @AfterAll
    static void stop() {
        manager.close();
    }

    /** An object of a user's class, whose answers are not divided into pages. */
    interface Repeater {
        String repeat(int times);
    }

    @Test
    void shouldIterateOverValuesThatDoNotFitIntoOneMessage() {
        SharedDict<Integer, String> dict = manager.dict("two");
        dict.put(1, LARGE);
        dict.put(2, LARGE);
        dict.put(3, "small");
        assertThat(new HashMap<>(dict)).isEqualTo(Map.of(1, LARGE, 2, LARGE, 3, "small"));
        assertThat(dict.values()).containsExactly(LARGE, LARGE, "small");
        assertThat(dict).isEqualTo(Map.of(1, LARGE, 2, LARGE, 3, "small"));
    }

    @Test
    void shouldIterateOverRemovedValuesThatDoNotFitIntoOneMessage() {
        SharedDict<Integer, String> dict = manager.dict("removed");
        dict.put(1, LARGE);
        dict.put(2, LARGE);
        dict.put(3, LARGE);
        var entries = dict.values().iterator();
        assertThat(entries.next()).isEqualTo(LARGE);
        dict.clear();
        assertThat(entries.next()).isEqualTo(LARGE);
        assertThat(entries.next()).isEqualTo(LARGE);
        assertThat(entries.hasNext()).isFalse();
    }

    @Test
    void shouldDrainElementsThatDoNotFitIntoOneMessage() {
        SharedQueue<String> queue = manager.queue("drained", 10);
        queue.add(LARGE);
        queue.add(LARGE);
        assertThat(new ArrayList<>(queue)).containsExactly(LARGE, LARGE);
        List<String> drained = new ArrayList<>();
        assertThat(queue.drainTo(drained)).isEqualTo(2);
        assertThat(drained).containsExactly(LARGE, LARGE);
    }

    @Test
    void shouldReadListsThatDoNotFitIntoOneMessage() {
        SharedList<String> list = manager.list("list");
        list.add(LARGE);
        list.add("small");
        list.add(LARGE);
        assertThat(new ArrayList<>(list)).containsExactly(LARGE, "small", LARGE);
        assertThat(list.indexOf("small")).isEqualTo(1);
    }

    @Test
    void shouldPutAllThatDoesNotFitIntoOneMessage() {
        Map<Integer, String> many = new HashMap<>();
        for (int i = 0; i < 200; i++) {
            many.put(i, "v".repeat(1000 + i));
        }
        many.put(1000, LARGE);
        SharedDict<Integer, String> dict = manager.dict("all");
        dict.putAll(many);
        assertThat(dict).isEqualTo(many);
    }

    @Test
    void shouldReadTheLargestValueThatCanBePut() throws Exception {
        SharedDict<Integer, byte[]> dict = manager.dict("largest");
        SharedList<byte[]> list = manager.list("largest");
        SharedQueue<byte[]> queue = manager.queue("largest", 1);
        int largest = MESSAGE_BYTES;
        while (!isPut(dict, largest)) {
            largest--;
        }
        assertThat(largest).isGreaterThan(MESSAGE_BYTES - 1024);
        assertThat(dict.get(1)).hasSize(largest);
        assertThat(dict.values().iterator().next()).hasSize(largest);
        int less = largest - 50; // for the longer names of these operations
        list.add(new byte[less]);
        assertThat(list.toArray()).hasSize(1);
        queue.add(new byte[less]);
        assertThat(queue.iterator().next()).hasSize(less);
        List<byte[]> drained = new ArrayList<>();
        assertThat(queue.drainTo(drained)).isEqualTo(1);
        queue.add(new byte[less]);
        assertThat(queue.take()).hasSize(less);
    }

    private static boolean isPut(SharedDict<Integer, byte[]> dict, int size) {
        try {
            dict.put(1, new byte[size]);
            return true;
        } catch (IllegalArgumentException tooLarge) {
            return false;
        }
    }

    @Test
    void shouldFailOnlyTheCallWhoseAnswerIsTooLarge() {
        Repeater repeater =
                manager.shared("repeater", Repeater.class, () -> times -> "y".repeat(times));
        assertThatThrownBy(() -> repeater.repeat(MESSAGE_BYTES))
                .isInstanceOf(ManagerException.class)
                .hasMessageContaining("larger than a message may be");
        assertThat(repeater.repeat(3)).isEqualTo("yyy");
    }

    @Test
    void shouldSplitManySmallEntriesByWhatTheyTakeOfTheServersMemory() {
        Map<Integer, Integer> entries = new HashMap<>();
        for (int i = 0; i < 4096; i++) {
            entries.put(i, -i);
        }
        SharedDict<Integer, Integer> dict = manager.dict("small");
        dict.putAll(entries);
        assertThat(dict.getAll(entries.keySet())).isEqualTo(entries);
    }
}
