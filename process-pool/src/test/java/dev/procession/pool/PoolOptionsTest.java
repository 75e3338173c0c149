package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.Codec;
import dev.procession.core.WorkerCrashedException;
import dev.procession.pipe.Connection;
import dev.procession.pipe.Pipe;
import dev.procession.testing.Await;
import java.io.File;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How workers are started, prepared, replaced and counted by the settings of a pool. */
@Timeout(60)
class PoolOptionsTest {

    @Nested
    class Launching {

        /** The class path of a program that was started with {@code -cp target/app.jar}. */
        private static String relativeClassPath() {
            Path here = Path.of("").toAbsolutePath();
            return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                    .map(entry -> here.relativize(Path.of(entry).toAbsolutePath()).toString())
                    .collect(Collectors.joining(File.pathSeparator));
        }

        @Test
        void shouldFindClassesFromAnotherDirectory(@TempDir Path directory) throws Exception {
            try (ProcessPoolExecutor pool =
                    TestPools.quiet(1)
                            .directory(directory)
                            .classPath(relativeClassPath())
                            .build()) {
                assertThat(pool.submit(() -> System.getProperty("user.dir")).get())
                        .isEqualTo(directory.toRealPath().toString());
            }
        }
    }

    @Nested
    class Workers {

        @Test
        void shouldReplaceAWorkerAfterItsTasks() throws Exception {
            try (ProcessPoolExecutor pool = TestPools.quiet(1).maxTasksPerWorker(2).build()) {
                List<TaskFuture<Long>> futures = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    futures.add(pool.submit(TestPools::pid));
                }
                List<Long> pids = new ArrayList<>();
                for (TaskFuture<Long> future : futures) {
                    pids.add(future.get());
                }
                assertThat(new HashSet<>(pids)).hasSize(3);
                assertThat(pids.get(0)).isEqualTo(pids.get(1));
            }
        }

        @Test
        void shouldReplaceAWorkerThatHasGrown() throws Exception {
            try (ProcessPoolExecutor pool = TestPools.quiet(1).maxWorkerMemory(1).build();
                    Pipe<Integer> pipe = Pipe.openOneWay()) {
                Connection<Integer> end = pipe.second();
                long first =
                        pool.submit(
                                        () -> {
                                            end.send(0);
                                            return TestPools.pid();
                                        })
                                .get();
                pipe.first().receive();
                awaitEnd(first);
                assertThat(pool.submit(TestPools::pid).get()).isNotEqualTo(first);
                assertThat(pool.stats().failed()).isZero();
            }
        }

        @Test
        void shouldEndIdleWorkersButKeepTheFewest() throws Exception {
            try (ProcessPoolExecutor pool =
                    TestPools.quiet(2).minWorkers(1).idleTimeout(Duration.ofSeconds(1)).build()) {
                pool.prestartAllWorkers();
                awaitWorkers(pool, 2); // the first one is started by the pool itself
                List<ProcessHandle> both = new ArrayList<>();
                for (WorkerInfo worker : pool.workers()) {
                    both.add(ProcessHandle.of(worker.pid()).orElseThrow());
                }
                assertThat(both).hasSize(2);
                // Either may be ready first, and so be idle for too long first.
                CompletableFuture.anyOf(both.get(0).onExit(), both.get(1).onExit())
                        .get(30, TimeUnit.SECONDS);
                both.removeIf(worker -> !worker.isAlive());
                assertThat(pool.submit(TestPools::pid).get()).isEqualTo(both.get(0).pid());
            }
        }

        @Test
        void shouldGrowAndShrinkAtRunTime() throws Exception {
            try (ProcessPoolExecutor pool = TestPools.quiet(1).build()) {
                pool.resize(3);
                assertThat(pool.submit(() -> 1).get()).isEqualTo(1);
                pool.prestartAllWorkers();
                awaitWorkers(pool, 3);
                List<Long> all = pool.workers().stream().map(WorkerInfo::pid).toList();
                assertThat(all).hasSize(3);
                pool.resize(1);
                List<Long> alive = new ArrayList<>(all);
                Await.until(
                        () -> {
                            alive.removeIf(pid -> ProcessHandle.of(pid).isEmpty());
                            return alive.size() <= 1;
                        },
                        "two of the three workers have ended");
                assertThat(pool.submit(TestPools::pid).get()).isEqualTo(alive.get(0));
            }
        }

        @Test
        void shouldServeTheNextTaskByTheSpareWorker() throws Exception {
            try (ProcessPoolExecutor pool = TestPools.quiet(1).warmSpare(true).build()) {
                long first = pool.submit(TestPools::pid).get();
                Await.until(() -> hasReadySpare(pool), "the spare worker is ready");
                long spare = pool.workers().get(1).pid();
                assertThat(spare).isNotEqualTo(first);
                TaskFuture<Integer> crash =
                        pool.submit(
                                () -> {
                                    Runtime.getRuntime().halt(1);
                                    return 0;
                                });
                assertThatThrownBy(crash::get).hasCauseInstanceOf(WorkerCrashedException.class);
                assertThat(pool.submit(TestPools::pid).get()).isEqualTo(spare);
            }
        }

        @Test
        void shouldServeTheNextTaskByTheSpareWhileAnInterruptedTaskHasEndlessTime()
                throws Exception {
            try (ProcessPoolExecutor pool =
                            TestPools.quiet(1)
                                    .warmSpare(true)
                                    .cancelGrace(ChronoUnit.FOREVER.getDuration())
                                    .build();
                    Pipe<Long> pipe = Pipe.openOneWay()) {
                Connection<Long> pids = pipe.second();
                TaskFuture<Integer> stubborn =
                        pool.submit(
                                () -> {
                                    pids.send(TestPools.pid());
                                    while (true) {
                                        Thread.onSpinWait();
                                    }
                                });
                long first = pipe.first().receive();
                Await.until(() -> hasReadySpare(pool), "the spare worker is ready");
                stubborn.cancel(true);
                assertThat(pool.submit(TestPools::pid).get(30, TimeUnit.SECONDS))
                        .isNotEqualTo(first);
                pool.killWorkers();
            }
        }

        private static boolean hasReadySpare(ProcessPoolExecutor pool) {
            List<WorkerInfo> all = pool.workers();
            return all.size() > 1 && all.get(1).state() == WorkerState.IDLE;
        }

        @Test
        void shouldRunTheInitializerOnceInEachWorker() throws Exception {
            try (ProcessPoolExecutor pool =
                    TestPools.quiet(1)
                            .initializer(() -> System.setProperty("prepared", "yes"))
                            .build()) {
                assertThat(pool.submit(() -> System.getProperty("prepared")).get())
                        .isEqualTo("yes");
            }
        }

        @Test
        void shouldUseTheCodecOnBothSides() throws Exception {
            try (ProcessPoolExecutor pool = TestPools.quiet(1).codec(new Flipping()).build()) {
                assertThat(pool.submit(() -> "text").get()).isEqualTo("text");
            }
            Codec unfit =
                    new Codec() {
                        @Override
                        public byte[] encode(@Nullable Object value) {
                            return new byte[0];
                        }

                        @Override
                        public @Nullable Object decode(ByteBuffer bytes) {
                            return null;
                        }
                    };
            assertThatThrownBy(() -> TestPools.quiet(1).codec(unfit))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Serializable");
        }
    }

    private static void awaitWorkers(ProcessPoolExecutor pool, int count) {
        Await.until(() -> pool.workers().size() >= count, "there are workers: " + count);
    }

    private static void awaitEnd(long pid) throws Exception {
        Optional<ProcessHandle> worker = ProcessHandle.of(pid);
        if (worker.isPresent()) {
            worker.get().onExit().get(30, TimeUnit.SECONDS);
        }
    }

    /** The standard codec with all bits flipped, so that it differs from any other. */
    private static final class Flipping implements Codec, Serializable {
        private static final long serialVersionUID = 1L;

        @Override
        public byte[] encode(@Nullable Object value) {
            return flip(Codec.standard().encode(value));
        }

        @Override
        public @Nullable Object decode(ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.duplicate().get(copy);
            return Codec.standard().decode(ByteBuffer.wrap(flip(copy)));
        }

        private static byte[] flip(byte[] bytes) {
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) ~bytes[i];
            }
            return bytes;
        }
    }
}
