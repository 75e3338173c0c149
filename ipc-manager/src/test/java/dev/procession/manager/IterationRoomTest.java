package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What iterations keep has a bound, and stops no change of a dict or list. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class IterationRoomTest {

    private static final int MESSAGE = 1 << 16;
    private static final int LIMIT = 1 << 20;
    private static final int ENTRIES = 80;
    private static final String VALUE = "v".repeat(10_000);

    private Manager manager;

    @BeforeEach
    void start() {
        manager = Manager.builder().maxMessageBytes(MESSAGE).maxBytes(LIMIT).embedded();
    }

    @AfterEach
    void stop() {
        manager.close();
    }

    private SharedDict<Integer, String> filled() {
        SharedDict<Integer, String> dict = manager.dict("d");
        for (int i = 0; i < ENTRIES; i++) {
            dict.set(i, VALUE);
        }
        return dict;
    }

    private static int count(Iterator<String> values) {
        int count = 0;
        for (; values.hasNext(); count++) {
            assertThat(values.next()).isEqualTo(VALUE);
        }
        return count;
    }

    @Test
    void shouldCountOnceWhatManyIterationsKeep() {
        SharedDict<Integer, String> dict = filled();
        List<Iterator<String>> iterations = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            iterations.add(dict.values().iterator());
        }
        for (int i = 0; i < ENTRIES; i++) {
            assertThat(dict.remove(i)).isEqualTo(VALUE);
        }
        for (int i = 0; i < ENTRIES / 5; i++) {
            dict.set(i, VALUE);
        }
        for (Iterator<String> each : iterations) {
            assertThat(count(each)).isEqualTo(ENTRIES);
        }
    }

    @Test
    void shouldEndAnIterationRatherThanRefuseAChange() {
        SharedDict<Integer, String> dict = filled();
        Iterator<String> iteration = dict.values().iterator();
        dict.clear();
        Iterator<String> other = filled().values().iterator();
        assertThat(dict).hasSize(ENTRIES);
        assertThatThrownBy(() -> count(iteration))
                .isInstanceOf(ConcurrentModificationException.class)
                .hasMessageContaining("no room for what it kept");
        assertThat(count(other)).isEqualTo(ENTRIES);
    }

    @Test
    void shouldEndIterationsOfADictForTheChangesOfAList() {
        Iterator<String> iteration = filled().values().iterator();
        SharedDict<Integer, String> dict = manager.dict("d");
        dict.clear();
        SharedList<String> list = manager.list("l");
        for (int i = 0; i < ENTRIES; i++) {
            list.add(VALUE);
        }
        assertThat(list).hasSize(ENTRIES);
        assertThatThrownBy(() -> count(iteration))
                .isInstanceOf(ConcurrentModificationException.class);
    }
}
