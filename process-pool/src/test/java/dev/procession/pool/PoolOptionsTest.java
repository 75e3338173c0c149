package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.Codec;
import dev.procession.core.ProcessOutput;
import dev.procession.core.WorkerCrashedException;
import dev.procession.manager.Manager;
import dev.procession.pipe.Connection;
import dev.procession.pipe.Pipe;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import java.io.File;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PoolOptionsTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private static ProcessPoolExecutor.Builder quiet(int workers) {
        return ProcessPoolExecutor.builder().workers(workers).output(ProcessOutput.discard());
    }

    private static long pid() {
        return ProcessHandle.current().pid();
    }

    @Nested
    class Launching {

        /** What a program gets that was started with {@code -cp target/app.jar}. */
        private static String relativeClassPath() {
            Path here = Path.of("").toAbsolutePath();
            return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                    .map(entry -> here.relativize(Path.of(entry).toAbsolutePath()).toString())
                    .collect(Collectors.joining(File.pathSeparator));
        }

        @Test
        void shouldFindClassesFromAnotherDirectory(@TempDir Path directory) throws Exception {
            try (ProcessPoolExecutor pool =
                    quiet(1).directory(directory).classPath(relativeClassPath()).build()) {
                assertThat(pool.submit(() -> System.getProperty("user.dir")).get())
                        .isEqualTo(directory.toRealPath().toString());
            }
        }
    }

    @Nested
    class Timeouts {

        @Test
        void shouldCountATimeoutFromTheStartOfTheTask() throws Exception {
            try (ProcessPoolExecutor pool = quiet(1).build();
                    Pipe<String> pipe = Pipe.open()) {
                Connection<String> theirs = pipe.second();
                TaskFuture<String> before = pool.submit(() -> theirs.receive());
                TaskOptions ample = TaskOptions.builder().timeout(Duration.ofSeconds(2)).build();
                TaskOptions brief = TaskOptions.builder().timeout(Duration.ofMillis(300)).build();
                TaskFuture<Integer> behind = pool.submit(() -> 1, ample);
                TaskFuture<Integer> endless = pool.submit(Endless::sleep, brief);
                // Longer than the timeouts of those behind, which are not running.
                assertThatThrownBy(() -> behind.get(3, TimeUnit.SECONDS))
                        .isInstanceOf(java.util.concurrent.TimeoutException.class);
                assertThat(endless.isDone()).isFalse();
                pipe.first().send("go on");
                assertThat(before.get()).isEqualTo("go on");
                assertThat(behind.get()).isEqualTo(1);
                assertThatThrownBy(endless::get)
                        .isInstanceOf(ExecutionException.class)
                        .cause()
                        .isInstanceOfSatisfying(
                                TaskTimeoutException.class,
                                e -> {
                                    assertThat(e.taskId()).isEqualTo(endless.id());
                                    assertThat(e.timeout()).isEqualTo(Duration.ofMillis(300));
                                });
                assertThat(pool.submit(() -> 2).get()).isEqualTo(2);
                assertThat(pool.stats().timedOut()).isEqualTo(1);
            }
        }

        @Test
        void shouldStayWithTheTimeoutWhateverTheInterruptedTaskThrows() throws Exception {
            TaskOptions brief = TaskOptions.builder().timeout(Duration.ofMillis(20)).build();
            try (ProcessPoolExecutor pool = quiet(1).build()) {
                for (int i = 0; i < 10; i++) {
                    TaskFuture<Integer> endless = pool.submit(Endless::sleep, brief);
                    // Nobody waits for it, so that it is told later than its worker answers.
                    Await.until(endless::isDone, "the task's time is over");
                    assertThatThrownBy(endless::get).hasCauseInstanceOf(TaskTimeoutException.class);
                }
            }
        }

        @Test
        void shouldKillTheWorkerOfATaskThatIgnoresItsTimeout() throws Exception {
            // The task has to send its process's number within its timeout.
            try (ProcessPoolExecutor pool =
                            quiet(1).taskTimeout(Duration.ofSeconds(5))
                                    .cancelGrace(Duration.ofMillis(100))
                                    .build();
                    Pipe<Long> pipe = Pipe.openOneWay()) {
                Connection<Long> say = pipe.second();
                TaskFuture<Integer> stubborn =
                        pool.submit(
                                () -> {
                                    say.send(pid());
                                    while (true) {
                                        Thread.onSpinWait();
                                    }
                                });
                TaskFuture<Long> behind = pool.submit(PoolOptionsTest::pid);
                long pid = pipe.first().receive();
                assertThatThrownBy(stubborn::get).hasCauseInstanceOf(TaskTimeoutException.class);
                assertThat(behind.get()).isNotEqualTo(pid);
            }
        }
    }

    @Nested
    class Crashes {

        @Test
        void shouldRepeatATaskOnAnotherWorkerWhenItsWorkerDies() throws Exception {
            try (ProcessPoolExecutor pool = quiet(1).build()) {
                long first = pool.submit(PoolOptionsTest::pid).get();
                TaskFuture<Long> future =
                        pool.submit(
                                () -> {
                                    if (pid() == first) {
                                        Runtime.getRuntime().halt(7);
                                    }
                                    return pid();
                                },
                                TaskOptions.builder().retries(1).build());
                assertThat(future.get()).isNotEqualTo(first);
                assertThat(pool.stats().retried()).isEqualTo(1);
            }
        }

        @Test
        void shouldNameATaskThatKillsEachWorkerItMeets() {
            try (ProcessPoolExecutor pool = quiet(1).retries(2).build()) {
                TaskFuture<Integer> future =
                        pool.submit(
                                () -> {
                                    Runtime.getRuntime().halt(7);
                                    return 1;
                                },
                                TaskOptions.builder().name("poison").build());
                assertThatThrownBy(future::get)
                        .cause()
                        .isInstanceOfSatisfying(
                                WorkerCrashedException.class,
                                e -> {
                                    assertThat(e).hasMessageContaining("(poison) killed each");
                                    assertThat(e.exitCode()).isEqualTo(7);
                                    Set<Long> pids = new HashSet<>();
                                    pids.add(e.pid());
                                    for (Throwable before : e.getSuppressed()) {
                                        pids.add(((WorkerCrashedException) before).pid());
                                    }
                                    assertThat(pids).hasSize(3);
                                });
            }
        }

        @Test
        void shouldSayThatAWorkerRanOutOfMemory() {
            try (ProcessPoolExecutor pool = quiet(1).maxWorkerHeap(32 << 20).build()) {
                TaskFuture<Integer> hog =
                        pool.submit(
                                () -> {
                                    List<byte[]> all = new ArrayList<>();
                                    while (all.size() < Integer.MAX_VALUE) {
                                        all.add(new byte[1 << 20]);
                                    }
                                    return all.size();
                                });
                assertThatThrownBy(hog::get)
                        .cause()
                        .isInstanceOfSatisfying(
                                WorkerCrashedException.class,
                                e -> assertThat(e.isOutOfMemory()).isTrue());
            }
        }

        @Test
        void shouldFailWhatWaitsWhenTheInitializerThrows() {
            try (ProcessPoolExecutor pool =
                    quiet(1).initializer(
                                    () -> {
                                        throw new IllegalStateException("no licence");
                                    })
                            .build()) {
                assertThatThrownBy(() -> pool.submit(() -> 1).get())
                        .cause()
                        .isInstanceOf(BrokenProcessPoolException.class)
                        .cause()
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("no licence");
            }
        }

        @Test
        void shouldLeaveNoProcessThatATaskHasStarted() throws Exception {
            try (ProcessPoolExecutor pool = quiet(1).build()) {
                long stray =
                        pool.submit(
                                        () ->
                                                new ProcessBuilder("sleep", "60")
                                                        .inheritIO()
                                                        .start()
                                                        .pid())
                                .get();
                ProcessHandle handle = ProcessHandle.of(stray).orElseThrow();
                pool.killWorkers();
                assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
                handle.onExit().get(30, TimeUnit.SECONDS);
            }
        }
    }

    @Nested
    class Workers {

        @Test
        void shouldReplaceAWorkerAfterItsTasks() throws Exception {
            try (ProcessPoolExecutor pool = quiet(1).maxTasksPerWorker(2).build()) {
                List<TaskFuture<Long>> futures = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    futures.add(pool.submit(PoolOptionsTest::pid));
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
            try (ProcessPoolExecutor pool = quiet(1).maxWorkerMemory(1).build();
                    Pipe<Integer> pipe = Pipe.openOneWay()) {
                Connection<Integer> end = pipe.second();
                long first =
                        pool.submit(
                                        () -> {
                                            end.send(0);
                                            return pid();
                                        })
                                .get();
                pipe.first().receive();
                awaitEnd(first);
                assertThat(pool.submit(PoolOptionsTest::pid).get()).isNotEqualTo(first);
                assertThat(pool.stats().failed()).isZero();
            }
        }

        @Test
        void shouldEndIdleWorkersButKeepTheFewest() throws Exception {
            try (ProcessPoolExecutor pool =
                    quiet(2).minWorkers(1).idleTimeout(Duration.ofSeconds(1)).build()) {
                pool.prestartAllWorkers();
                awaitWorkers(pool, 2); // the first one is started by the pool itself
                List<ProcessHandle> both = new ArrayList<>();
                for (WorkerInfo worker : pool.workers()) {
                    both.add(ProcessHandle.of(worker.pid()).orElseThrow());
                }
                assertThat(both).hasSize(2);
                // Which one is the first to be ready, and so to be idle for too long, is open.
                CompletableFuture.anyOf(both.get(0).onExit(), both.get(1).onExit())
                        .get(30, TimeUnit.SECONDS);
                both.removeIf(worker -> !worker.isAlive());
                assertThat(pool.submit(PoolOptionsTest::pid).get()).isEqualTo(both.get(0).pid());
            }
        }

        @Test
        void shouldGrowAndShrinkAtRunTime() throws Exception {
            try (ProcessPoolExecutor pool = quiet(1).build()) {
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
                assertThat(pool.submit(PoolOptionsTest::pid).get()).isEqualTo(alive.get(0));
            }
        }

        @Test
        void shouldServeTheNextTaskByTheSpareWorker() throws Exception {
            try (ProcessPoolExecutor pool = quiet(1).warmSpare(true).build()) {
                long first = pool.submit(PoolOptionsTest::pid).get();
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
                assertThat(pool.submit(PoolOptionsTest::pid).get()).isEqualTo(spare);
            }
        }

        private static boolean hasReadySpare(ProcessPoolExecutor pool) {
            List<WorkerInfo> all = pool.workers();
            return all.size() > 1 && all.get(1).state() == WorkerState.IDLE;
        }

        @Test
        void shouldRunTheInitializerOnceInEachWorker() throws Exception {
            try (ProcessPoolExecutor pool =
                    quiet(1).initializer(() -> System.setProperty("prepared", "yes")).build()) {
                assertThat(pool.submit(() -> System.getProperty("prepared")).get())
                        .isEqualTo("yes");
            }
        }

        @Test
        void shouldUseTheCodecOnBothSides() throws Exception {
            try (ProcessPoolExecutor pool = quiet(1).codec(new Flipping()).build()) {
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
            assertThatThrownBy(() -> quiet(1).codec(unfit))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Serializable");
        }
    }

    @Nested
    class Flow {

        @Test
        void shouldRejectWhenTheQueueIsFull() throws Exception {
            try (ProcessPoolExecutor pool =
                            quiet(1).queueCapacity(1).whenFull(WhenFull.REJECT).build();
                    Pipe<String> pipe = Pipe.open()) {
                Connection<String> theirs = pipe.second();
                TaskFuture<String> running = pool.submit(() -> theirs.receive());
                TaskFuture<Integer> waiting = pool.submit(() -> 1);
                assertThatThrownBy(() -> pool.submit(() -> 2))
                        .isInstanceOf(RejectedExecutionException.class)
                        .hasMessageContaining("capacity=1");
                assertThat(waiting.cancel(false)).isTrue();
                TaskFuture<Integer> instead = pool.submit(() -> 3);
                pipe.first().send("go on");
                assertThat(running.get()).isEqualTo("go on");
                assertThat(instead.get()).isEqualTo(3);
            }
        }

        @Test
        void shouldBlockTheCallerWhileTheQueueIsFull() throws Exception {
            try (ProcessPoolExecutor pool = quiet(1).queueCapacity(1).build();
                    Pipe<String> pipe = Pipe.open()) {
                Connection<String> theirs = pipe.second();
                TaskFuture<String> running = pool.submit(() -> theirs.receive());
                TaskFuture<Integer> waiting = pool.submit(() -> 1);
                Background<Integer> submitter =
                        Background.start(() -> pool.submit(() -> 2).get()).awaitBlocked();
                assertThat(pool.stats().submitted()).isEqualTo(2);
                pipe.first().send("go on");
                assertThat(submitter.get()).isEqualTo(2);
                assertThat(running.get()).isEqualTo("go on");
                assertThat(waiting.get()).isEqualTo(1);
            }
        }

        @Test
        void shouldRunHigherPrioritiesFirst() throws Exception {
            try (ProcessPoolExecutor pool = quiet(1).build();
                    Pipe<String> pipe = Pipe.open()) {
                Connection<String> theirs = pipe.second();
                TaskFuture<Void> first =
                        pool.submit(
                                () -> {
                                    theirs.send("running");
                                    theirs.receive();
                                    return null;
                                });
                assertThat(pipe.first().receive()).isEqualTo("running");
                List<TaskFuture<Long>> futures = new ArrayList<>();
                for (int priority : new int[] {0, -1, 0, 5, 1}) {
                    futures.add(
                            pool.submit(
                                    System::nanoTime,
                                    TaskOptions.builder().priority(priority).build()));
                }
                pipe.first().send("go on");
                assertThat(first.get()).isNull();
                List<Long> began = new ArrayList<>();
                for (TaskFuture<Long> future : futures) {
                    began.add(future.get());
                }
                assertThat(
                                List.of(
                                        began.get(3),
                                        began.get(4),
                                        began.get(0),
                                        began.get(2),
                                        began.get(1)))
                        .isSorted();
            }
        }

        @Test
        void shouldShowTheProgressOfATask() throws Exception {
            try (ProcessPoolExecutor pool = quiet(1).build();
                    Pipe<String> pipe = Pipe.open()) {
                Connection<String> theirs = pipe.second();
                TaskFuture<Integer> future =
                        pool.submit(
                                () -> {
                                    Worker.current().progress(0.25);
                                    theirs.send("quarter");
                                    theirs.receive();
                                    return 1;
                                });
                pipe.first().receive();
                assertThat(future.progress()).isEqualTo(0.25);
                pipe.first().send("go on");
                assertThat(future.get()).isEqualTo(1);
                assertThat(future.progress()).isEqualTo(1);
            }
        }
    }

    @Nested
    class Sharing {

        @Test
        void shouldGiveTasksTheManager() throws Exception {
            try (Manager manager = Manager.start();
                    ProcessPoolExecutor pool = quiet(2).manager(manager).build()) {
                List<TaskFuture<Long>> futures = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    futures.add(
                            pool.submit(
                                    () -> {
                                        Manager theirs = Worker.current().manager();
                                        return theirs.counter("calls").incrementAndGet();
                                    }));
                }
                Set<Long> counts = new HashSet<>();
                for (TaskFuture<Long> future : futures) {
                    counts.add(future.get());
                }
                assertThat(counts).hasSize(10);
                assertThat(manager.counter("calls").get()).isEqualTo(10);
            }
        }

        @Test
        void shouldLetTheContextOfTheSubmitterTravel() throws Exception {
            try (ProcessPoolExecutor pool = quiet(1).context(new RequestId()).build()) {
                RequestId.CURRENT.set("request 7");
                assertThat(pool.submit(() -> RequestId.CURRENT.get()).get()).isEqualTo("request 7");
                RequestId.CURRENT.remove();
                assertThat(pool.submit(() -> RequestId.CURRENT.get()).get()).isNull();
            }
        }

        @Test
        void shouldTellFlightRecorderOfTasks(@TempDir Path directory) throws Exception {
            Path file = directory.resolve("tasks.jfr");
            try (Recording recording = new Recording();
                    ProcessPoolExecutor pool = quiet(1).name("recorded").build()) {
                recording.start();
                assertThat(pool.submit(() -> 1).get()).isEqualTo(1);
                TaskFuture<Integer> second;
                do {
                    second = pool.submit(() -> 2); // the first may come before recording is seen
                    assertThat(second.get()).isEqualTo(2);
                    recording.dump(file);
                } while (RecordingFile.readAllEvents(file).stream()
                        .noneMatch(e -> e.getEventType().getName().equals("dev.procession.Task")));
                assertThat(RecordingFile.readAllEvents(file))
                        .filteredOn(e -> e.getEventType().getName().equals("dev.procession.Task"))
                        .allSatisfy(
                                e -> {
                                    assertThat(e.getString("pool")).isEqualTo("recorded");
                                    assertThat(e.getBoolean("returned")).isTrue();
                                });
            }
        }
    }

    @Nested
    class Ending {

        @Test
        void shouldCloseWithinABound() throws Exception {
            ProcessPoolExecutor pool = quiet(2).build();
            TaskFuture<Integer> endless =
                    pool.submit(
                            () -> {
                                Worker.current().progress(0.5);
                                while (true) {
                                    Thread.onSpinWait();
                                }
                            });
            TaskFuture<Integer> done = pool.submit(() -> 1);
            assertThat(done.get()).isEqualTo(1);
            Await.until(() -> endless.progress() > 0, "the endless task has begun");
            long start = System.nanoTime();
            assertThat(pool.close(Duration.ofMillis(500))).isFalse();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG);
            assertThat(pool.isTerminated()).isTrue();
            assertThatThrownBy(endless::get).hasCauseInstanceOf(WorkerCrashedException.class);
        }

        @Test
        void shouldRunShutdownHooksWhenWorkersAreTerminated() throws Exception {
            // The grace is the time between SIGTERM and SIGKILL: the hook has to send in it.
            ProcessPoolExecutor pool = quiet(1).cancelGrace(LONG).build();
            try (Pipe<String> pipe = Pipe.openOneWay()) {
                Connection<String> say = pipe.second();
                TaskFuture<Integer> running =
                        pool.submit(
                                () -> {
                                    Runtime.getRuntime()
                                            .addShutdownHook(
                                                    new Thread(() -> sendQuietly(say, "hook")));
                                    say.send("running");
                                    return Endless.sleep();
                                });
                TaskFuture<Integer> never = pool.submit(() -> 1);
                assertThat(pipe.first().receive()).isEqualTo("running");
                pool.terminateWorkers();
                assertThat(pipe.first().receive(LONG)).contains("hook");
                assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
                assertThat(never.isCancelled()).isTrue();
                assertThatThrownBy(running::get)
                        .cause()
                        .isInstanceOfSatisfying(
                                WorkerCrashedException.class,
                                e -> assertThat(e.signal()).isEqualTo(15));
            }
        }
    }

    @Nested
    class Telling {

        @Test
        void shouldGoOnWhenAResultNeverEndsBeingRead() throws Exception {
            CountDownLatch latch = new CountDownLatch(1);
            Hanging.LATCH.set(latch);
            try (ProcessPoolExecutor pool = quiet(1).build()) {
                TaskFuture<Object> hanging = pool.submit(() -> new Hanging());
                TaskFuture<Integer> next = pool.submit(() -> 2);
                assertThat(next.get()).isEqualTo(2);
                assertThat(next.thenApply(i -> i + 1).get(30, TimeUnit.SECONDS)).isEqualTo(3);
                TaskFuture<Integer> later = pool.submit(() -> 4);
                assertThat(later.thenApply(i -> i + 1).get(30, TimeUnit.SECONDS)).isEqualTo(5);
                assertThat(hanging.isDone()).isFalse();
                latch.countDown();
                assertThat(hanging.get()).isInstanceOf(Hanging.class);
            }
        }

        @Test
        void shouldLetADependentActionWaitForAnotherTask() throws Exception {
            try (ProcessPoolExecutor pool = quiet(1).build()) {
                assertThat(
                                pool.submit(() -> 1)
                                        .thenApply(i -> i + pool.submit(() -> 2).join())
                                        .get(30, TimeUnit.SECONDS))
                        .isEqualTo(3);
            }
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

    /** A request's id, in a thread. */
    private static final class RequestId implements TaskContext<String> {
        private static final long serialVersionUID = 1L;
        private static final ThreadLocal<@Nullable String> CURRENT = new ThreadLocal<>();

        @Override
        public @Nullable String capture() {
            return CURRENT.get();
        }

        @Override
        public void restore(String id) {
            CURRENT.set(id);
        }

        @Override
        public void clear() {
            CURRENT.remove();
        }
    }

    private static void sendQuietly(Connection<String> to, String text) {
        try {
            to.send(text);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Blocks in the parent while it is read, until the latch is down. */
    private static final class Hanging implements Serializable {
        private static final long serialVersionUID = 1L;
        private static final AtomicReference<CountDownLatch> LATCH =
                new AtomicReference<>(new CountDownLatch(0));

        private Object readResolve() {
            try {
                LATCH.get().await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return this;
        }
    }

    /** The standard codec with all bits flipped, so that it is told from any other. */
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
