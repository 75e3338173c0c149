package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.ProcessOutput;
import dev.procession.core.WorkerCrashedException;
import dev.procession.testing.Await;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Starts that cannot work: they fail once, with the reason. */
@Timeout(60)
class RefusedStartTest {

    private static final Logger LOGGER = Logger.getLogger(ProcessPoolExecutor.class.getName());

    /** Longer than any pause between two starts, and the start itself. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(4);

    private final List<String> logged = new CopyOnWriteArrayList<>();

    private final Handler collecting =
            new Handler() {
                @Override
                public void publish(LogRecord line) {
                    logged.add(line.getMessage());
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    @BeforeEach
    void collect() {
        LOGGER.setUseParentHandlers(false);
        LOGGER.addHandler(collecting);
    }

    @AfterEach
    void stopCollecting() {
        LOGGER.removeHandler(collecting);
        LOGGER.setUseParentHandlers(true);
    }

    private static ProcessPoolExecutor.Builder quiet() {
        return ProcessPoolExecutor.builder().workers(1).output(ProcessOutput.discard());
    }

    /** Returns the failure of a task when no worker comes up. */
    private static BrokenProcessPoolException failureOf(TaskFuture<?> future) throws Exception {
        try {
            future.get();
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(BrokenProcessPoolException.class);
            return (BrokenProcessPoolException) e.getCause();
        }
        throw new AssertionError("a worker came up");
    }

    @Test
    void shouldFailOnceWithTheWordsOfTheJvm() throws Exception {
        try (ProcessPoolExecutor pool = quiet().jvmArgs("-XX:+NoSuchFlag").build()) {
            BrokenProcessPoolException failure = failureOf(pool.submit(() -> 1));
            assertThat(failure)
                    .hasMessageContaining("as it started")
                    .hasMessageContaining("Unrecognized VM option 'NoSuchFlag'")
                    .hasCauseInstanceOf(WorkerCrashedException.class);
            // The first start came with the pool; the task may have had one of its own.
            assertThat(pool.stats().workersStarted()).isLessThanOrEqualTo(2);
            Await.until(() -> !logged.isEmpty(), "the start is logged");
            assertThat(logged).allMatch(line -> line.contains("NoSuchFlag"));
        }
        assertThat(logged).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void shouldNameWhatTheInitializerThrew() throws Exception {
        try (ProcessPoolExecutor pool =
                quiet().initializer(
                                () -> {
                                    throw new IllegalStateException("no licence");
                                })
                        .build()) {
            assertThat(failureOf(pool.submit(() -> 1)))
                    .hasMessageContaining("java.lang.IllegalStateException: no licence");
            assertThat(pool.stats().workersStarted()).isLessThanOrEqualTo(2);
            Await.until(() -> !logged.isEmpty(), "the start is logged");
            assertThat(logged)
                    .allMatch(
                            line ->
                                    line.contains("its initializer threw")
                                            && line.contains("no licence"));
        }
    }

    @Test
    void shouldTryAgainWithTheNextTask(@TempDir Path directory) throws Exception {
        String licence = directory.resolve("licence").toString();
        try (ProcessPoolExecutor pool =
                quiet().initializer(
                                () -> {
                                    if (!new File(licence).exists()) {
                                        throw new IllegalStateException("no licence");
                                    }
                                })
                        .build()) {
            assertThat(failureOf(pool.submit(() -> 1))).hasMessageContaining("no licence");
            Files.createFile(Path.of(licence));
            assertThat(pool.submit(() -> 1).get()).isEqualTo(1);
        }
    }

    /** A spare that cannot start is given up: the pool waits for a task. */
    @Test
    void shouldStartNothingAnyMoreWithoutATask() throws Exception {
        try (ProcessPoolExecutor pool =
                quiet().warmSpare(true).jvmArgs("-XX:+NoSuchFlag").build()) {
            BrokenProcessPoolException failure = failureOf(pool.submit(() -> 1));
            assertThat(failure).hasMessageContaining("NoSuchFlag");
            Await.until(() -> pool.workers().isEmpty(), "the last start has failed");
            long before = pool.stats().workersStarted();
            Thread.sleep(1_000); // some ten starts, if there were any
            assertThat(pool.stats().workersStarted()).isEqualTo(before);
        }
    }

    @Test
    void shouldDecideWhenTheLastOfSeveralFirstStartsHasFailed() throws Exception {
        try (ProcessPoolExecutor pool =
                quiet().workers(8).minWorkers(8).jvmArgs("-XX:+NoSuchFlag").build()) {
            List<TaskFuture<Integer>> futures = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                futures.add(pool.submit(() -> 1));
            }
            for (TaskFuture<Integer> future : futures) {
                assertThat(failureOf(future)).hasMessageContaining("NoSuchFlag");
            }
            Await.until(() -> pool.workers().isEmpty(), "the last start has failed");
            assertThat(pool.stats().workersStarted()).isLessThanOrEqualTo(2 * 8);
        }
    }

    @Test
    void shouldWaitForTheOneThatComesUp(@TempDir Path directory) throws Exception {
        String first = directory.resolve("first").toString();
        try (ProcessPoolExecutor pool =
                quiet().workers(8)
                        .minWorkers(8)
                        .initializer(() -> comeUpAlone(Path.of(first)))
                        .build()) {
            List<TaskFuture<Integer>> futures = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                futures.add(pool.submit(() -> 1));
            }
            for (TaskFuture<Integer> future : futures) {
                assertThat(future.get()).isEqualTo(1);
            }
        }
    }

    /** The first worker starts slowly, and no other can be started. */
    private static void comeUpAlone(Path first) {
        try {
            Files.createFile(first);
            Thread.sleep(2_000);
        } catch (IOException e) {
            throw new IllegalStateException("no licence for another one", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One worker serves all tasks if no second one can be started. */
    @Test
    void shouldNotTryASpareForEver(@TempDir Path directory) throws Exception {
        String first = directory.resolve("first").toString();
        try (ProcessPoolExecutor pool =
                quiet().warmSpare(true).initializer(() -> comeUpAlone(Path.of(first))).build()) {
            assertThat(pool.submit(() -> 1).get()).isEqualTo(1);
            Await.until(() -> pool.stats().workersStarted() >= 2 + 3, "the spare is tried again");
            awaitRest(pool);
            assertThat(pool.submit(() -> 2).get()).isEqualTo(2);
        }
    }

    /** Waits until no worker was started for longer than the longest pause. */
    private static void awaitRest(ProcessPoolExecutor pool) {
        AtomicLong started = new AtomicLong();
        AtomicLong since = new AtomicLong();
        Await.until(
                () -> {
                    long now = pool.stats().workersStarted();
                    if (started.getAndSet(now) != now) {
                        since.set(System.nanoTime());
                    }
                    return System.nanoTime() - since.get() > LONGEST_PAUSE.toNanos();
                },
                "it is given up");
    }

    @Test
    void shouldRefuseInTheConstructorWhatIsNotThere() {
        assertThatThrownBy(() -> quiet().javaHome(Path.of("/no/jdk")).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("javaHome(...)")
                .hasMessageContaining("/no/jdk/bin/java");
        assertThatThrownBy(() -> quiet().directory(Path.of("/no/directory")).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/no/directory");
    }
}
