package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.testing.Background;
import dev.procession.testing.TestProgram;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A manager without room refuses a change before it makes any part of it, and continues to serve.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FullManagerTest {

    private static final int LIMIT = 1 << 20;
    private static final String VALUE = "v".repeat(100_000);

    private static void assertFull(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(ManagerException.class)
                .hasMessageContaining("full")
                .hasMessageContaining("limit=" + LIMIT);
    }

    @Test
    void shouldRefuseChangesThatDoNotFitBeforeChangingAnything() {
        try (Manager manager = Manager.builder().maxBytes(LIMIT).embedded()) {
            SharedDict<Integer, String> dict = manager.dict("d");
            for (int i = 0; i < 10; i++) {
                dict.put(i, VALUE);
            }
            long bytes = manager.stats().bytes();
            assertFull(() -> dict.put(10, VALUE));
            assertFull(() -> dict.putIfAbsent(10, VALUE));
            assertFull(() -> dict.putAll(Map.of(10, VALUE, 11, "small")));
            assertFull(() -> dict.merge(0, VALUE, Merge.append()));
            assertFull(() -> dict.replace(0, VALUE + VALUE));
            assertFull(() -> dict.replace(0, VALUE, VALUE + VALUE));
            assertFull(() -> manager.<String>queue("q", 10).offer(VALUE));
            assertFull(() -> manager.<String>list("l").add(VALUE));
            assertThat(dict).hasSize(10).doesNotContainKey(11);
            assertThat(manager.stats().bytes()).isEqualTo(bytes);
            assertThat(dict.put(0, "w" + VALUE.substring(1))).isEqualTo(VALUE);
            assertThat(dict.remove(1)).isEqualTo(VALUE);
            assertThat(dict.put(10, VALUE)).isNull();
        }
    }

    /** A half of the bytes may wait. */
    private static final int WAITING = 5;

    private static void assertTooManyWait(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(ManagerException.class)
                .hasMessageContaining("too many requests of this client wait: requests=5")
                .hasMessageContaining("limit=" + LIMIT / 2);
    }

    @Test
    void shouldRefuseElementsThatWaitForRoomInAQueueAboveTheBound() throws Exception {
        try (Manager manager = Manager.builder().maxBytes(LIMIT).embedded()) {
            SharedQueue<String> queue = manager.queue("q", 1);
            queue.put("first");
            Background<?>[] waiting = new Background<?>[WAITING];
            for (int i = 0; i < WAITING; i++) {
                waiting[i] =
                        Background.start(
                                () -> {
                                    queue.put(VALUE);
                                    return null;
                                });
            }
            dev.procession.testing.Await.until(
                    () -> manager.stats().waitingRequests() == WAITING, "five requests wait");
            assertTooManyWait(() -> queue.put(VALUE));
            assertThat(queue.offer(VALUE)).isFalse(); // it does not wait
            for (int i = 0; i <= WAITING; i++) {
                assertThat(queue.take()).isNotNull();
            }
            for (Background<?> each : waiting) {
                each.get();
            }
        }
    }

    /** An object of a user's class whose calls wait for the test. */
    interface Slow {
        String take(String value);
    }

    private static final CountDownLatch TAKEN = new CountDownLatch(1);

    private static String takeLate(String value) {
        try {
            TAKEN.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return value.substring(1);
    }

    @Test
    void shouldCountTheCallsThatWaitForAUsersObject() throws Exception {
        try (Manager manager = Manager.builder().maxBytes(LIMIT).embedded()) {
            Slow slow = manager.shared("slow", Slow.class, () -> FullManagerTest::takeLate);
            Background<?>[] waiting = new Background<?>[WAITING];
            for (int i = 0; i < WAITING; i++) {
                waiting[i] = Background.start(() -> slow.take(VALUE));
            }
            dev.procession.testing.Await.until(
                    () -> manager.stats().waitingRequests() == WAITING, "five requests wait");
            assertTooManyWait(() -> slow.take(VALUE));
            TAKEN.countDown();
            for (Background<?> each : waiting) {
                assertThat(each.get()).isEqualTo(VALUE.substring(1));
            }
            assertThat(slow.take(VALUE)).isEqualTo(VALUE.substring(1));
        }
    }

    @Test
    void shouldRefuseByDefaultBeforeTheHeapOfTheServerIsFull() throws Exception {
        try (Manager manager = Manager.builder().jvmArgs("-Xmx64m").start()) {
            SharedDict<Integer, byte[]> dict = manager.dict("d");
            Background<Integer> writer =
                    Background.start(
                            () -> {
                                for (int i = 0; ; i++) {
                                    try {
                                        dict.put(i, new byte[1 << 20]);
                                    } catch (ManagerException full) {
                                        return i;
                                    }
                                }
                            });
            int stored = writer.get(40, TimeUnit.SECONDS);
            assertThat(stored).isGreaterThan(8); // each takes two regions of the heap
            assertThat(dict).hasSize(stored);
            assertThat(dict.get(0)).hasSize(1 << 20);
        }
    }

    @Test
    void shouldEndWithAnExitCodeOfItsOwnWhenMemoryRunsOut(@TempDir Path directory)
            throws Exception {
        Path secret = SecretFiles.write(directory.resolve("key"), new byte[] {1, 2, 3});
        Path address = directory.resolve("m");
        try (TestProgram server =
                TestProgram.start(
                        directory,
                        TestProgram.command(
                                List.of("-Xmx40m"),
                                ManagerMain.class,
                                "--max-bytes=1g",
                                address.toString(),
                                secret.toString()))) {
            String unused = server.awaitLine("listening: ");
            try (Manager manager = Manager.connect(address, new byte[] {1, 2, 3})) {
                SharedDict<Integer, byte[]> dict = manager.dict("d");
                assertThatThrownBy(
                                () -> {
                                    for (int i = 0; i < 1000; i++) {
                                        dict.put(i, new byte[1 << 20]);
                                    }
                                })
                        .isInstanceOf(ManagerUnavailableException.class);
            }
            assertThat(server.awaitExit()).isEqualTo(3);
        }
        KilledPrograms.sweep(); // it was halted
    }
}
