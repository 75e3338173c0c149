package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.Background;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each element of a queue goes to exactly one taker. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class QueueRemovalTest {

    private static final int ROUNDS = 1000;

    private static Manager manager;

    @BeforeAll
    static void start() {
        manager = Manager.builder().maxMessageBytes(1 << 16).embedded();
    }

    @AfterAll
    static void stop() {
        manager.close();
    }

    /** Returns whether it got the element. */
    private interface Remover {
        boolean remove(SharedQueue<Integer> queue, Integer element);
    }

    private static void assertGoesToOne(String name, Remover remover) throws Exception {
        SharedQueue<Integer> queue = manager.queue(name, 10);
        AtomicBoolean over = new AtomicBoolean();
        List<Integer> polled = new ArrayList<>();
        Background<Void> poller =
                Background.start(
                        () -> {
                            while (!over.get()) {
                                Integer element = queue.poll();
                                if (element != null) {
                                    polled.add(element);
                                }
                            }
                            return null;
                        });
        List<Integer> removed = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            queue.put(i);
            if (remover.remove(queue, i)) {
                removed.add(i);
            }
        }
        over.set(true);
        poller.get();
        polled.addAll(queue);
        assertThat(removed).doesNotContainAnyElementsOf(polled);
        assertThat(removed.size() + polled.size()).isEqualTo(ROUNDS);
    }

    @Test
    void shouldGiveARemovedElementToNoOtherTaker() throws Exception {
        assertGoesToOne("remove", (queue, element) -> queue.remove((Object) element));
    }

    @Test
    void shouldGiveAnElementOfRemoveIfToNoOtherTaker() throws Exception {
        assertGoesToOne("removeIf", (queue, element) -> queue.removeIf(element::equals));
    }

    @Test
    void shouldGiveAnElementOfRemoveAllToNoOtherTaker() throws Exception {
        assertGoesToOne("removeAll", (queue, element) -> queue.removeAll(List.of(element)));
    }

    @Test
    void shouldGiveAnElementOfRetainAllToNoOtherTaker() throws Exception {
        assertGoesToOne("retainAll", (queue, element) -> queue.retainAll(List.of()));
    }

    @Test
    void shouldGiveADrainedElementToNoOtherTaker() throws Exception {
        assertGoesToOne("drainTo", (queue, element) -> queue.drainTo(new ArrayList<>(), 1) == 1);
    }

    @Test
    void shouldGiveAnElementOfAnAsynchronousPollToNoOtherTaker() throws Exception {
        assertGoesToOne("pollAsync", (queue, element) -> queue.pollAsync().join() != null);
    }

    @Test
    void shouldGiveALeasedElementToNoOtherTaker() throws Exception {
        assertGoesToOne("lease", (queue, element) -> isLeasedAndDone(queue));
    }

    private static boolean isLeasedAndDone(SharedQueue<Integer> queue) {
        try {
            return queue.lease(Duration.ZERO)
                    .map(
                            lease -> {
                                lease.done();
                                return true;
                            })
                    .orElse(false);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldRemoveTheNextEqualElementWhenOneWasTaken() {
        SharedQueue<Integer> queue = manager.queue("equal", 10);
        queue.addAll(List.of(1, 2, 1));
        Iterator<Integer> elements = queue.iterator();
        assertThat(elements.next()).isEqualTo(1);
        assertThat(queue.poll()).isEqualTo(1);
        elements.remove(); // already taken, and no equal element is removed instead
        assertThat(queue).containsExactly(2, 1);
        assertThat(queue.remove((Object) 1)).isTrue();
        assertThat(queue.remove((Object) 1)).isFalse();
        assertThat(queue).containsExactly(2);
    }

    @Test
    void shouldIterateOverPagesWithoutGapsWhileOthersTake() {
        SharedQueue<String> queue = manager.queue("pages", 1000);
        String padding = "x".repeat(10_000);
        for (int i = 0; i < 100; i++) {
            queue.add(i + padding);
        }
        int before = queue.size();
        List<String> seen = new ArrayList<>(queue);
        assertThat(seen).hasSize(before).doesNotHaveDuplicates();
    }
}
