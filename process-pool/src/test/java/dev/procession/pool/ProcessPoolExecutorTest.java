package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.Futures;
import dev.procession.core.ReturnWhen;
import dev.procession.core.SerializableCallable;
import dev.procession.core.SerializableRunnable;
import dev.procession.core.UnserializableException;
import dev.procession.core.WorkerCrashedException;
import dev.procession.pipe.Connection;
import dev.procession.pipe.Pipe;
import dev.procession.pool.worker.WorkerMain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ProcessPoolExecutorTest {

    private static ProcessPoolExecutor pool;

    @BeforeAll
    static void open() {
        pool = patient(2);
    }

    /** Gives interrupted tasks the time to say so before their worker is killed. */
    private static ProcessPoolExecutor patient(int workers) {
        return ProcessPoolExecutor.builder()
                .workers(workers)
                .cancelGrace(Duration.ofSeconds(30))
                .build();
    }

    @AfterAll
    static void close() {
        pool.close();
        assertThat(pool.isTerminated()).isTrue();
        pool = null; // a pool keeps its lanes mapped until it is collected
    }

    @Nested
    class Submitting {

        @Test
        void shouldRunLambdasElsewhere() throws Exception {
            int captured = 41;
            assertThat(pool.submit(() -> captured + 1).get()).isEqualTo(42);
            assertThat(pool.submit(() -> ProcessHandle.current().pid()).get())
                    .isNotEqualTo(ProcessHandle.current().pid());
            assertThat(pool.submit((SerializableRunnable) () -> {}).get()).isNull();
            assertThat(pool.submit((SerializableRunnable) () -> {}, "given").get())
                    .isEqualTo("given");
        }

        @Test
        void shouldShowATaskWhereItRuns() throws Exception {
            TaskFuture<Long> id = pool.submit(() -> Worker.current().taskId());
            assertThat(id.get()).isEqualTo(id.id());
            assertThat(
                            pool.submit(
                                            () ->
                                                    Worker.current().pid()
                                                            - ProcessHandle.current().pid())
                                    .get())
                    .isZero();
            assertThatThrownBy(Worker::current).isInstanceOf(IllegalStateException.class);
        }

        @Test
        void shouldRefuseWhatCannotBeSerialisedInTheCaller() {
            Callable<Integer> plain = () -> 1;
            assertThatThrownBy(() -> pool.submit(plain))
                    .isInstanceOf(UnserializableException.class)
                    .hasMessageContaining("SerializableCallable");
            Thread thread = new Thread();
            assertThatThrownBy(() -> pool.submit(() -> thread.getName()))
                    .isInstanceOf(UnserializableException.class)
                    .hasMessageContaining("java.lang.Thread");
        }

        @Test
        void shouldCarryLargeArgumentsAndResults() throws Exception {
            byte[] large = new byte[5 << 20];
            large[large.length - 1] = 7;
            byte[] back = pool.submit(() -> large).get();
            assertThat(back).isEqualTo(large);
        }

        @Test
        void shouldThrowWhatTheTaskThrewWithItsStack() {
            TaskFuture<Object> future =
                    pool.submit(
                            SerializableCallable.of(
                                    () -> {
                                        throw new IllegalArgumentException("remote");
                                    }));
            assertThatThrownBy(future::get)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("remote")
                    .satisfies(
                            e ->
                                    assertThat(e.getStackTrace())
                                            .anySatisfy(
                                                    frame ->
                                                            assertThat(frame.getClassName())
                                                                    .isEqualTo(
                                                                            WorkerMain.class
                                                                                    .getName())));
        }

        @Test
        void shouldRunManyMoreTasksThanWorkers() throws Exception {
            List<TaskFuture<Integer>> futures = new ArrayList<>();
            for (int i = 0; i < 5000; i++) {
                int n = i;
                futures.add(pool.submit(() -> n * 2));
            }
            for (int i = 0; i < 5000; i++) {
                assertThat(futures.get(i).get()).isEqualTo(i * 2);
            }
        }

        @Test
        void shouldGiveResultsInOrderAndAsCompleted() throws Exception {
            List<Integer> items = IntStream.range(0, 100).boxed().toList();
            try (Stream<Integer> squares = pool.map(i -> i * i, items)) {
                assertThat(squares.toList()).isEqualTo(items.stream().map(i -> i * i).toList());
            }
            List<TaskFuture<Integer>> futures = new ArrayList<>();
            for (int item : items) {
                futures.add(pool.submit(() -> item));
            }
            try (Stream<Future<Integer>> done = Futures.asCompleted(futures)) {
                assertThat(done.count()).isEqualTo(100);
            }
            assertThat(Futures.waitFor(futures, ReturnWhen.ALL_COMPLETED).notDone()).isEmpty();
        }

        @Test
        void shouldMoveAnEndOfAPipeIntoATask() throws Exception {
            try (Pipe<String> pipe = Pipe.open()) {
                Connection<String> theirs = pipe.second();
                TaskFuture<Void> task =
                        pool.submit(
                                () -> {
                                    theirs.send("hello, " + theirs.receive());
                                    return null;
                                });
                pipe.first().send("ron");
                assertThat(pipe.first().receive(Duration.ofSeconds(30))).contains("hello, ron");
                assertThat(task.get()).isNull();
            }
        }
    }

    @Nested
    class Invoking {

        @Test
        void shouldInvokeAllAndAny() throws Exception {
            List<SerializableCallable<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                int n = i;
                tasks.add(() -> n);
            }
            int sum = 0;
            for (Future<Integer> future : pool.invokeAll(tasks)) {
                sum += future.get();
            }
            assertThat(sum).isEqualTo(45);
            assertThat(pool.invokeAny(tasks)).isBetween(0, 9);
        }

        @Test
        void shouldCancelWhatIsNotDoneInTime() throws Exception {
            SerializableCallable<Integer> endless = Endless::sleep;
            List<Future<Integer>> futures =
                    pool.invokeAll(Collections.nCopies(1, endless), 100, TimeUnit.MILLISECONDS);
            assertThat(futures.get(0).isCancelled()).isTrue();
            assertThatThrownBy(
                            () ->
                                    pool.invokeAny(
                                            Collections.nCopies(1, endless),
                                            100,
                                            TimeUnit.MILLISECONDS))
                    .isInstanceOf(TimeoutException.class);
        }
    }

    @Nested
    class Stopping {

        @Test
        void shouldInterruptACancelledTaskAndGoOn() throws Exception {
            try (Pipe<String> pipe = Pipe.openOneWay()) {
                Connection<String> say = pipe.second();
                TaskFuture<Integer> future =
                        pool.submit(
                                () -> {
                                    say.send("running");
                                    try {
                                        return Endless.sleep();
                                    } catch (InterruptedException e) {
                                        say.send("interrupted");
                                        throw e;
                                    }
                                });
                assertThat(pipe.first().receive()).isEqualTo("running");
                assertThat(future.cancel(true)).isTrue();
                assertThat(pipe.first().receive()).isEqualTo("interrupted");
                assertThatThrownBy(future::get).isInstanceOf(CancellationException.class);
            }
            assertThat(pool.submit(() -> 1).get()).isEqualTo(1);
        }

        @Test
        void shouldKillAWorkerWhoseTaskIgnoresItsCancellation() throws Exception {
            try (ProcessPoolExecutor own = new ProcessPoolExecutor(1);
                    Pipe<Long> pipe = Pipe.openOneWay()) {
                Connection<Long> say = pipe.second();
                TaskFuture<Integer> stubborn =
                        own.submit(
                                () -> {
                                    say.send(ProcessHandle.current().pid());
                                    while (true) {
                                        Thread.onSpinWait();
                                    }
                                });
                TaskFuture<Long> behind = own.submit(() -> ProcessHandle.current().pid());
                long pid = pipe.first().receive();
                stubborn.cancel(true);
                assertThat(behind.get()).isNotEqualTo(pid);
            }
        }

        @Test
        void shouldNeverRunACancelledTaskThatWasSentAhead() throws Exception {
            try (ProcessPoolExecutor own = new ProcessPoolExecutor(1);
                    Pipe<String> pipe = Pipe.open()) {
                Connection<String> theirs = pipe.second();
                TaskFuture<String> running =
                        own.submit(
                                () -> {
                                    theirs.send("running");
                                    return theirs.receive();
                                });
                // A worker that is ready gets what follows at once, ahead of its turn.
                assertThat(pipe.first().receive()).isEqualTo("running");
                TaskFuture<Integer> ahead =
                        own.submit(
                                () -> {
                                    throw new IllegalStateException("ran");
                                });
                TaskFuture<Integer> after = own.submit(() -> 3);
                assertThat(ahead.cancel(false)).isTrue();
                pipe.first().send("go on");
                assertThat(running.get()).isEqualTo("go on");
                assertThat(after.get()).isEqualTo(3);
                assertThat(ahead.isCancelled()).isTrue();
            }
        }

        @Test
        void shouldRefuseTasksAfterShutdownAndFinishThoseItHas() throws Exception {
            ProcessPoolExecutor own = new ProcessPoolExecutor(1);
            TaskFuture<Integer> last = own.submit(() -> 5);
            own.shutdown();
            assertThatThrownBy(() -> own.submit(() -> 6))
                    .isInstanceOf(RejectedExecutionException.class);
            assertThat(own.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            assertThat(last.get()).isEqualTo(5);
        }

        @Test
        void shouldReturnWhatNeverBeganFromShutdownNow() throws Exception {
            ProcessPoolExecutor own = patient(1);
            try (Pipe<String> pipe = Pipe.openOneWay()) {
                Connection<String> say = pipe.second();
                TaskFuture<Integer> running =
                        own.submit(
                                () -> {
                                    say.send("running");
                                    return Endless.sleep();
                                });
                TaskFuture<Integer> never = own.submit(() -> 1);
                assertThat(pipe.first().receive()).isEqualTo("running");
                assertThat(own.shutdownNow()).hasSize(1);
                assertThat(own.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
                assertThat(never.isCancelled()).isTrue();
                assertThatThrownBy(running::get).hasCauseInstanceOf(InterruptedException.class);
            }
        }
    }

    @Nested
    class Crashing {

        @Test
        void shouldFailTheTaskOfADeadWorkerAndReplaceIt() throws Exception {
            TaskFuture<Object> future =
                    pool.submit(
                            SerializableCallable.of(
                                    () -> {
                                        System.out.println("last words");
                                        Runtime.getRuntime().halt(42);
                                        return null;
                                    }));
            assertThatThrownBy(future::get)
                    .cause()
                    .isInstanceOfSatisfying(
                            WorkerCrashedException.class,
                            e -> {
                                assertThat(e.exitCode()).isEqualTo(42);
                                assertThat(e.signal()).isZero();
                                assertThat(e.lastOutput()).contains("last words");
                            });
            assertThat(pool.submit(() -> 1).get()).isEqualTo(1);
        }

        @Test
        void shouldSayWhyNoWorkerCanBeStarted() {
            try (ProcessPoolExecutor broken =
                    ProcessPoolExecutor.builder().workers(1).jvmArgs("-XX:+NoSuchFlag").build()) {
                assertThatThrownBy(() -> broken.submit(() -> 1).get())
                        .cause()
                        .isInstanceOf(BrokenProcessPoolException.class)
                        .cause()
                        .hasMessageContaining("NoSuchFlag");
            }
        }
    }
}
