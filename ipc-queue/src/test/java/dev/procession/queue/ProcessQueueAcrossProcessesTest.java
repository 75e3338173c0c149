package dev.procession.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.ChildProcess;
import dev.procession.core.memory.KillPoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProcessQueueAcrossProcessesTest {

    @Test
    void shouldBringWhatAChildPuts() throws Exception {
        try (ProcessQueue<Integer> queue = ProcessQueue.create(8)) {
            ChildProcess<Void> child =
                    ChildProcess.start(
                            () -> {
                                for (int i = 0; i < 10_000; i++) {
                                    queue.put(i);
                                }
                            });
            for (int i = 0; i < 10_000; i++) {
                assertThat(queue.take()).isEqualTo(i);
            }
            child.join();
        }
    }

    @Test
    @SuppressWarnings("try") // the two processes signal the end by closing
    void shouldConverseByTwoQueues() throws Exception {
        try (ProcessQueue<Integer> there = ProcessQueue.create(1);
                ProcessQueue<Integer> back = ProcessQueue.create(1)) {
            ChildProcess<Void> child =
                    ChildProcess.start(
                            () -> {
                                try {
                                    while (true) {
                                        back.put(there.take() + 1);
                                    }
                                } catch (QueueClosedException e) {
                                    back.close();
                                }
                            });
            for (int i = 0; i < 20_000; i++) {
                there.put(i);
                assertThat(back.take()).isEqualTo(i + 1);
            }
            there.close();
            child.join();
            assertThatThrownBy(back::take).isInstanceOf(QueueClosedException.class);
        }
    }

    @Test
    void shouldGiveEachElementToOneOfManyConsumersInTheProducersOrder() throws Exception {
        try (ProcessQueue<int[]> queue = ProcessQueue.create(64);
                ProcessQueue<Integer> seen = ProcessQueue.create(100_000)) {
            List<ChildProcess<?>> children = new ArrayList<>();
            for (int p = 0; p < 2; p++) {
                int producer = p;
                children.add(
                        ChildProcess.start(
                                () -> {
                                    for (int i = 0; i < 10_000; i++) {
                                        queue.put(new int[] {producer, i});
                                    }
                                }));
            }
            for (int c = 0; c < 2; c++) {
                children.add(
                        ChildProcess.start(
                                () -> {
                                    int[] last = {-1, -1};
                                    for (int[] next = queue.take();
                                            next[0] >= 0;
                                            next = queue.take()) {
                                        if (next[1] <= last[next[0]]) {
                                            throw new IllegalStateException("out of order");
                                        }
                                        last[next[0]] = next[1];
                                        seen.put(next[0] * 10_000 + next[1]);
                                    }
                                }));
            }
            children.get(0).join();
            children.get(1).join();
            assertThat(children.get(0).exitCode()).hasValue(0);
            assertThat(children.get(1).exitCode()).hasValue(0);
            queue.put(new int[] {-1, 0});
            queue.put(new int[] {-1, 0});
            children.get(2).join();
            children.get(3).join();
            assertThat(children.get(2).exitCode()).hasValue(0);
            assertThat(children.get(3).exitCode()).hasValue(0);
            List<Integer> all = new ArrayList<>();
            seen.drainTo(all);
            assertThat(all).hasSize(20_000).doesNotHaveDuplicates();
        }
    }

    /** Kills a process at each kill point, and counts the elements that are left in the queue. */
    @ParameterizedTest
    @EnumSource(
            value = KillPoint.class,
            names = {
                "PUT_LOCKED",
                "PUT_COPIED",
                "PUT_COMMITTED",
                "PUT_UNLOCKED",
                "PUT_FILE_WRITTEN",
                "TAKE_LOCKED",
                "TAKE_COPIED",
                "TAKE_COMMITTED",
                "TAKE_UNLOCKED",
                "TAKE_FILE_READ",
                "REMOVE_COMMITTED",
                "REMOVE_MARKED",
                "WAIT_ANNOUNCED"
            })
    void shouldGoOnAfterAProcessWasKilledAtAnyPlace(KillPoint point) throws Exception {
        try (ProcessQueue<Object> queue = ProcessQueue.create(6)) {
            byte[] large = new byte[100_000];
            queue.putAll(List.of(1, large, 3));
            ChildProcess<Void> child =
                    ChildProcess.builder()
                            .systemProperty("procession.killPoint", point + ":1")
                            .start(
                                    () -> {
                                        queue.put(4);
                                        queue.put(large);
                                        queue.remove((Object) 3);
                                        queue.take();
                                        queue.take();
                                        queue.take();
                                        queue.take();
                                        queue.take();
                                    });
            child.join();
            assertThat(child.exitCode()).hasValue(137);

            queue.offer(5);
            int remaining = queue.size();
            List<Object> elements = new ArrayList<>();
            queue.drainTo(elements);
            assertThat(elements.size()).isEqualTo(remaining).isEqualTo(REMAINING.get(point) + 1);
            assertThat(elements.get(remaining - 1)).isEqualTo(5);
            for (int i = 0; i < 100; i++) {
                queue.put(i);
                assertThat(queue.take()).isEqualTo(i);
            }
        }
    }

    private static final Map<KillPoint, Integer> REMAINING = new HashMap<>();

    static {
        REMAINING.put(KillPoint.PUT_LOCKED, 3);
        REMAINING.put(KillPoint.PUT_COPIED, 3);
        REMAINING.put(KillPoint.PUT_COMMITTED, 4);
        REMAINING.put(KillPoint.PUT_UNLOCKED, 4);
        REMAINING.put(KillPoint.PUT_FILE_WRITTEN, 4);
        REMAINING.put(KillPoint.TAKE_LOCKED, 5);
        REMAINING.put(KillPoint.TAKE_COPIED, 4);
        REMAINING.put(KillPoint.TAKE_COMMITTED, 3);
        REMAINING.put(KillPoint.TAKE_UNLOCKED, 4);
        REMAINING.put(KillPoint.TAKE_FILE_READ, 2);
        REMAINING.put(KillPoint.REMOVE_COMMITTED, 4);
        REMAINING.put(KillPoint.REMOVE_MARKED, 4);
        REMAINING.put(KillPoint.WAIT_ANNOUNCED, 0);
    }

    @Test
    void shouldNotWaitForWhatADeadProcessHadTaken() throws Exception {
        try (ProcessQueue<Integer> queue = ProcessQueue.create(4)) {
            queue.put(1);
            ChildProcess<Void> child =
                    ChildProcess.start(
                            () -> {
                                queue.take();
                                Runtime.getRuntime().halt(1);
                            });
            child.join();
            assertThat(queue.join(Duration.ofSeconds(20))).isTrue();
        }
    }
}
