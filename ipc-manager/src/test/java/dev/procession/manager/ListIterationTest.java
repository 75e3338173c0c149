package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.testing.Background;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.ListIterator;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An iteration over a list and a drain of a queue see one state of it and lose no element. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ListIterationTest {

    private static Manager manager;

    @BeforeAll
    static void start() {
        manager = Manager.builder().maxMessageBytes(1 << 16).embedded();
    }

    @AfterAll
    static void stop() {
        manager.close();
    }

    @Test
    void shouldIterateOverEarlierElementsWhenOthersRemoveThem() {
        SharedList<Integer> list = manager.list("removed");
        list.addAll(List.of(1, 2, 3));
        Iterator<Integer> elements = list.iterator();
        assertThat(elements.next()).isEqualTo(1);
        assertThat(elements.hasNext()).isTrue();
        manager.list("removed").clear();
        assertThat(elements.next()).isEqualTo(2);
        assertThat(elements.next()).isEqualTo(3);
        assertThat(elements.hasNext()).isFalse();
    }

    @Test
    void shouldIterateOverManyPagesOfOneState() {
        SharedList<String> list = manager.list("pages");
        String padding = "x".repeat(20_000);
        for (int i = 0; i < 20; i++) {
            list.add(i + padding);
        }
        assertThat(list.stream().map(each -> each.replace("x", "")).collect(Collectors.toList()))
                .isEqualTo(
                        IntStream.range(0, 20)
                                .mapToObj(String::valueOf)
                                .collect(Collectors.toList()));
        assertThat(list.remove((Object) ("7" + padding))).isTrue();
        assertThat(list).hasSize(19).doesNotContain("7" + padding);
    }

    @Test
    void shouldReadAndChangeAListBesideAWriter() throws Exception {
        SharedList<Integer> list = manager.list("busy");
        for (int from = 0; from < 18_000; from += 2000) { // a message has room for some 2,300
            list.addAll(IntStream.range(from, from + 2000).boxed().collect(Collectors.toList()));
        }
        AtomicBoolean over = new AtomicBoolean();
        Background<Void> writer =
                Background.start(
                        () -> {
                            while (!over.get()) {
                                list.add(-1);
                                Integer unused = list.remove(list.size() - 1);
                            }
                            return null;
                        });
        try {
            for (int i = 0; i < 20; i++) {
                assertThat(list.toArray().length).isIn(18_000, 18_001);
                assertThat(new HashSet<>(list)).hasSizeBetween(18_000, 18_001);
                assertThat(list.stream().mapToInt(Integer::intValue).max()).hasValue(17_999);
            }
        } finally {
            over.set(true);
        }
        writer.get();
    }

    @Test
    void shouldChangeTheListOnlyWhileNoOtherClientDoes() {
        SharedList<Integer> list = manager.list("changed");
        list.addAll(List.of(1, 2, 3));
        ListIterator<Integer> elements = list.listIterator();
        assertThat(elements.next()).isEqualTo(1);
        elements.remove();
        assertThat(elements.next()).isEqualTo(2);
        elements.set(20);
        elements.add(25);
        assertThat(list).containsExactly(20, 25, 3);
        list.add(0, 0);
        assertThat(elements.next()).isEqualTo(3);
        assertThatThrownBy(elements::remove).isInstanceOf(ConcurrentModificationException.class);
        assertThat(list).containsExactly(0, 20, 25, 3);
    }

    @Test
    void shouldKeepInTheQueueElementsThatTheTargetOfADrainRefuses() {
        SharedQueue<Integer> queue = manager.queue("drained", 20);
        for (int i = 0; i < 10; i++) {
            queue.add(i);
        }
        assertThatThrownBy(() -> queue.drainTo(new ArrayBlockingQueue<>(2)))
                .isInstanceOf(IllegalStateException.class);
        assertThat(queue).containsExactly(2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(queue.remainingCapacity()).isEqualTo(12);
        List<Integer> rest = new ArrayList<>();
        assertThat(queue.drainTo(rest)).isEqualTo(8);
        assertThat(rest).containsExactly(2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(queue.remainingCapacity()).isEqualTo(20);
    }
}
