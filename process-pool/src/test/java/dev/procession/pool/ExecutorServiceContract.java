package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.SerializableCallable;
import dev.procession.core.SerializableRunnable;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an {@link ExecutorService} promises, tested by tasks that could run in any process: what
 * they do is seen in files. The JDK's pool passes as well, which shows that the tests are right.
 *
 * <p>The contract is one long class, because each executor that keeps it extends this class once.
 */
@Timeout(120)
abstract class ExecutorServiceContract {

    private static final long LONG = 60;

    @TempDir Path files;

    private final List<ExecutorService> opened = new ArrayList<>();

    /** Makes an executor with this number of threads or workers. */
    abstract ExecutorService make(int workers);

    private ExecutorService open(int workers) {
        ExecutorService executor = make(workers);
        opened.add(executor);
        return executor;
    }

    @AfterEach
    void end() throws InterruptedException {
        for (ExecutorService executor : opened) {
            executor.shutdownNow();
            assertThat(executor.awaitTermination(LONG, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static <V> Callable<V> task(SerializableCallable<V> task) {
        return task;
    }

    private static Runnable action(SerializableRunnable action) {
        return action;
    }

    /** Makes a file when it begins, runs until it is interrupted, and makes another file then. */
    private Callable<String> endless(String name) {
        String began = files.resolve(name).toString();
        return task(
                () -> {
                    Files.createFile(Path.of(began));
                    try {
                        Thread.sleep(Long.MAX_VALUE);
                        return "never";
                    } catch (InterruptedException e) {
                        Files.createFile(Path.of(began + ".interrupted"));
                        throw e;
                    }
                });
    }

    /**
     * Like {@link #endless}, but once interrupted it stays until there is a file of its name and
     * ".go", so that its worker cannot begin another task.
     */
    private Callable<String> lingering(String name) {
        String began = files.resolve(name).toString();
        return task(
                () -> {
                    Files.createFile(Path.of(began));
                    try {
                        Thread.sleep(Long.MAX_VALUE);
                        return "never";
                    } catch (InterruptedException e) {
                        Files.createFile(Path.of(began + ".interrupted"));
                        linger(Path.of(began + ".go"));
                        throw e;
                    }
                });
    }

    private static void linger(Path until) {
        while (!Files.exists(until)) {
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                // It stays.
            }
        }
    }

    private Callable<String> touching(String name) {
        String file = files.resolve(name).toString();
        return task(() -> Files.createFile(Path.of(file)).getFileName().toString());
    }

    private static <V> Callable<V> failing(String message) {
        return task(
                () -> {
                    throw new IOException(message);
                });
    }

    private boolean exists(String name) {
        return Files.exists(files.resolve(name));
    }

    private void await(String name) {
        Await.until(Duration.ofSeconds(LONG), () -> exists(name), () -> "there is a file " + name);
    }

    @Test
    void shouldReturnWhatTheCallableReturns() throws Exception {
        assertThat(open(1).submit(task(() -> "value")).get()).isEqualTo("value");
        assertThat(open(1).submit(ExecutorServiceContract.<String>task(() -> null)).get()).isNull();
    }

    @Test
    void shouldReturnNullOrTheGivenForARunnable() throws Exception {
        ExecutorService executor = open(1);
        assertThat(executor.submit(action(() -> {})).get()).isNull();
        assertThat(executor.submit(action(() -> {}), "given").get()).isEqualTo("given");
        assertThat(executor.submit(action(() -> {}), (String) null).get()).isNull();
    }

    @Test
    void shouldWrapWhatTheTaskThrows() {
        Future<String> future = open(1).submit(failing("broken"));
        assertThatThrownBy(future::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IOException.class)
                .hasRootCauseMessage("broken");
        assertThat(future.isDone()).isTrue();
        assertThat(future.isCancelled()).isFalse();
    }

    @Test
    void shouldWrapAnErrorAndServeOn() throws Exception {
        ExecutorService executor = open(1);
        Future<?> future =
                executor.submit(
                        action(
                                () -> {
                                    throw new AssertionError("an error");
                                }));
        assertThatThrownBy(future::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(AssertionError.class);
        assertThat(executor.submit(task(() -> 1)).get()).isEqualTo(1);
    }

    @Test
    void shouldRefuseNull() {
        ExecutorService executor = open(1);
        assertThatThrownBy(() -> executor.submit((Callable<?>) null))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> executor.submit((Runnable) null))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> executor.submit(null, "given"))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> executor.execute(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> executor.invokeAll(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> executor.invokeAny(null)).isInstanceOf(NullPointerException.class);
        Collection<Callable<Integer>> withNull = Arrays.asList(task(() -> 1), null);
        assertThatThrownBy(() -> executor.invokeAll(withNull))
                .isInstanceOf(NullPointerException.class);
        Collection<Callable<Integer>> onlyNull = Arrays.asList((Callable<Integer>) null);
        assertThatThrownBy(() -> executor.invokeAny(onlyNull))
                .isInstanceOf(NullPointerException.class);
        List<Callable<Integer>> one = List.of(task(() -> 1));
        assertThatThrownBy(() -> executor.invokeAll(one, 1, null))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> executor.invokeAny(one, 1, null))
                .isInstanceOf(NullPointerException.class);
    }

    @Test
    void shouldExecute() throws Exception {
        String file = files.resolve("executed").toString();
        open(1).execute(action(() -> create(file)));
        await("executed");
    }

    private static void create(String file) {
        try {
            Files.createFile(Path.of(file));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldGoOnAfterExecutingWhatThrows() throws Exception {
        ExecutorService executor = open(1);
        executor.execute(
                action(
                        () -> {
                            throw new IllegalStateException("for the log");
                        }));
        assertThat(executor.submit(task(() -> 1)).get()).isEqualTo(1);
    }

    @Test
    void shouldWaitForAResultNoLongerThanTold() throws Exception {
        Future<String> future = open(1).submit(endless("began"));
        await("began");
        assertThatThrownBy(() -> future.get(1, TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class);
        assertThat(future.isDone()).isFalse();
    }

    @Test
    void shouldLetWhoWaitsForAResultBeInterrupted() throws Exception {
        Future<String> future = open(1).submit(endless("began"));
        await("began");
        Thread.currentThread().interrupt();
        assertThatThrownBy(future::get).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(future.isDone()).isFalse();
    }

    @Test
    void shouldCancelWhatRuns() throws Exception {
        ExecutorService executor = open(1);
        Future<String> future = executor.submit(endless("began"));
        await("began");
        assertThat(future.cancel(true)).isTrue();
        assertThat(future.isCancelled()).isTrue();
        assertThat(future.isDone()).isTrue();
        assertThatThrownBy(future::get).isInstanceOf(CancellationException.class);
        await("began.interrupted");
        assertThat(executor.submit(task(() -> 1)).get()).isEqualTo(1);
    }

    @Test
    void shouldNotCancelWhatIsDone() throws Exception {
        Future<Integer> future = open(1).submit(task(() -> 1));
        assertThat(future.get()).isEqualTo(1);
        assertThat(future.cancel(true)).isFalse();
        assertThat(future.isCancelled()).isFalse();
        assertThat(future.get()).isEqualTo(1);
    }

    @Test
    void shouldNeverBeginWhatWasCancelledWhileItWaited() throws Exception {
        ExecutorService executor = open(1);
        Future<String> running = executor.submit(endless("began"));
        await("began");
        Future<String> waiting = executor.submit(touching("waiting"));
        assertThat(waiting.cancel(false)).isTrue();
        assertThat(running.cancel(true)).isTrue();
        assertThat(executor.submit(touching("last")).get()).isEqualTo("last");
        assertThat(exists("waiting")).isFalse();
    }

    @Test
    void shouldRunTasksOfOneWorkerInTheirOrder() throws Exception {
        ExecutorService executor = open(1);
        String log = files.resolve("log").toString();
        Files.createFile(Path.of(log));
        List<Future<?>> futures = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String line = i + "\n";
            futures.add(executor.submit(action(() -> append(log, line))));
        }
        for (Future<?> future : futures) {
            assertThat(future.get()).isNull();
        }
        List<String> lines = Files.readAllLines(Path.of(log));
        assertThat(lines).hasSize(50);
        for (int i = 0; i < 50; i++) {
            assertThat(lines.get(i)).isEqualTo(Integer.toString(i));
        }
    }

    private static void append(String file, String line) {
        try {
            Files.writeString(Path.of(file), line, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldRunAsManyAtOnceAsThereAreWorkers() throws Exception {
        ExecutorService executor = open(3);
        for (int i = 0; i < 3; i++) {
            Future<String> unused = executor.submit(endless("began" + i));
        }
        for (int i = 0; i < 3; i++) {
            await("began" + i);
        }
    }

    @Test
    void shouldInvokeAll() throws Exception {
        ExecutorService executor = open(2);
        List<Future<Integer>> futures =
                executor.invokeAll(List.of(task(() -> 1), failing("broken"), task(() -> 3)));
        assertThat(futures).hasSize(3).allMatch(Future::isDone);
        assertThat(futures.get(0).get()).isEqualTo(1);
        assertThatThrownBy(() -> futures.get(1).get()).hasCauseInstanceOf(IOException.class);
        assertThat(futures.get(2).get()).isEqualTo(3);
        assertThat(executor.invokeAll(List.<Callable<Integer>>of())).isEmpty();
    }

    @Test
    void shouldCancelWhatInvokeAllHadNoTimeFor() throws Exception {
        ExecutorService executor = open(1);
        assertThat(executor.submit(task(() -> 1)).get()).isEqualTo(1); // it is warm now
        boolean enough = false;
        for (long seconds = 1; !enough; seconds *= 2) { // a busy machine may need more
            enough = cancelsTheLastTwo(executor, seconds);
        }
    }

    /** Returns whether the first task was done and the second had begun in this time. */
    private boolean cancelsTheLastTwo(ExecutorService executor, long seconds) throws Exception {
        String began = "began" + seconds;
        boolean enough;
        try {
            List<Future<String>> futures =
                    executor.invokeAll(
                            List.of(
                                    touching("first" + seconds),
                                    lingering(began),
                                    touching("last" + seconds)),
                            seconds,
                            TimeUnit.SECONDS);
            assertThat(futures).hasSize(3).allMatch(Future::isDone);
            assertThat(futures.get(1).isCancelled()).isTrue();
            assertThat(futures.get(2).isCancelled()).isTrue();
            enough = exists(began) && !futures.get(0).isCancelled();
            if (enough) {
                assertThat(futures.get(0).get()).isEqualTo("first" + seconds);
            }
        } finally {
            Files.createFile(files.resolve(began + ".go"));
        }
        if (enough) {
            await(began + ".interrupted");
            assertThat(executor.submit(task(() -> 1)).get()).isEqualTo(1);
            assertThat(exists("last" + seconds)).isFalse();
        }
        return enough;
    }

    @Test
    void shouldCancelAllWhenInvokeAllIsInterrupted() throws Exception {
        ExecutorService executor = open(2);
        Callable<String> first = endless("first");
        Callable<String> second = endless("second");
        Background<List<Future<String>>> caller =
                Background.start(() -> executor.invokeAll(List.of(first, second)));
        await("first");
        await("second");
        caller.thread().interrupt();
        assertThatThrownBy(() -> caller.get(LONG, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        await("first.interrupted");
        await("second.interrupted");
    }

    @Test
    void shouldInvokeAnyAndStopTheRest() throws Exception {
        ExecutorService executor = open(3);
        String result =
                executor.invokeAny(
                        List.of(
                                endless("began"),
                                failing("broken"),
                                returningOnceThereIs("began")));
        assertThat(result).isEqualTo("quick");
        await("began.interrupted");
    }

    private Callable<String> returningOnceThereIs(String name) {
        String file = files.resolve(name).toString();
        return task(
                () -> {
                    while (!Files.exists(Path.of(file))) {
                        Thread.sleep(1);
                    }
                    return "quick";
                });
    }

    @Test
    void shouldFailInvokeAnyWithTheLastFailure() {
        ExecutorService executor = open(2);
        assertThatThrownBy(() -> executor.invokeAny(List.of(failing("one"), failing("two"))))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> executor.invokeAny(List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldEndInvokeAnyInTime() throws Exception {
        ExecutorService executor = open(1);
        assertThat(executor.submit(task(() -> 1)).get()).isEqualTo(1);
        boolean enough = false;
        for (long seconds = 1; !enough; seconds *= 2) { // a busy machine may need more
            String began = "began" + seconds;
            List<Callable<String>> one = List.of(endless(began));
            long limit = seconds;
            assertThatThrownBy(() -> executor.invokeAny(one, limit, TimeUnit.SECONDS))
                    .isInstanceOf(TimeoutException.class);
            enough = exists(began);
            if (enough) {
                await(began + ".interrupted");
            }
        }
    }

    @Test
    void shouldFinishWhatItHasAfterShutdown() throws Exception {
        ExecutorService executor = open(1);
        List<Future<String>> futures = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            futures.add(executor.submit(touching("file" + i)));
        }
        executor.shutdown();
        executor.shutdown();
        assertThat(executor.isShutdown()).isTrue();
        assertThatThrownBy(() -> executor.submit(task(() -> 1)))
                .isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> executor.execute(action(() -> {})))
                .isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> executor.invokeAll(List.of(task(() -> 1))))
                .isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> executor.invokeAny(List.of(task(() -> 1))))
                .isInstanceOf(RejectedExecutionException.class);
        assertThat(executor.awaitTermination(LONG, TimeUnit.SECONDS)).isTrue();
        assertThat(executor.isTerminated()).isTrue();
        for (int i = 0; i < 20; i++) {
            assertThat(futures.get(i).get()).isEqualTo("file" + i);
        }
        assertThat(executor.shutdownNow()).isEmpty();
    }

    @Test
    void shouldGiveBackFromShutdownNowWhatNeverBegan() throws Exception {
        ExecutorService executor = open(1);
        Future<String> running = executor.submit(endless("began"));
        await("began");
        for (int i = 0; i < 5; i++) {
            Future<String> unused = executor.submit(touching("never" + i));
        }
        assertThat(executor.shutdownNow()).hasSize(5);
        assertThat(executor.isShutdown()).isTrue();
        assertThat(executor.awaitTermination(LONG, TimeUnit.SECONDS)).isTrue();
        assertThat(exists("began.interrupted")).isTrue();
        assertThatThrownBy(running::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        for (int i = 0; i < 5; i++) {
            assertThat(exists("never" + i)).isFalse();
        }
    }

    @Test
    void shouldKnowWhetherItHasTerminated() throws Exception {
        ExecutorService executor = open(1);
        Future<String> running = executor.submit(endless("began"));
        await("began");
        assertThat(executor.isShutdown()).isFalse();
        assertThat(executor.awaitTermination(0, TimeUnit.NANOSECONDS)).isFalse();
        executor.shutdown();
        assertThat(executor.isTerminated()).isFalse();
        assertThat(executor.awaitTermination(1, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(running.cancel(true)).isTrue();
        assertThat(executor.awaitTermination(LONG, TimeUnit.SECONDS)).isTrue();
        assertThat(executor.isTerminated()).isTrue();
    }

    @Test
    void shouldTerminateWithoutEverHavingHadATask() throws Exception {
        ExecutorService executor = open(2);
        executor.shutdown();
        assertThat(executor.awaitTermination(LONG, TimeUnit.SECONDS)).isTrue();
        assertThat(open(2).shutdownNow()).isEmpty();
    }

    @Test
    void shouldLetWhoAwaitsTheEndBeInterrupted() throws Exception {
        ExecutorService executor = open(1);
        Future<String> unused = executor.submit(endless("began"));
        await("began");
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> executor.awaitTermination(LONG, TimeUnit.SECONDS))
                .isInstanceOf(InterruptedException.class);
    }

    @Test
    void shouldTakeTasksFromManyThreads() throws Exception {
        ExecutorService executor = open(2);
        int threads = 8;
        int each = 200;
        CountDownLatch start = new CountDownLatch(1);
        List<Background<Integer>> submitters = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int base = t * each;
            submitters.add(
                    Background.start(
                            () -> {
                                start.await();
                                for (int i = 0; i < each; i++) {
                                    int number = base + i;
                                    Integer got = executor.submit(task(() -> number + 1)).get();
                                    assertThat(got).isEqualTo(number + 1);
                                }
                                return each;
                            }));
        }
        start.countDown();
        for (Background<Integer> submitter : submitters) {
            assertThat(submitter.get()).isEqualTo(each);
        }
    }

    @Test
    void shouldRefuseRacersAfterShutdownAndServeThoseBefore() throws Exception {
        ExecutorService executor = open(2);
        CountDownLatch some = new CountDownLatch(100);
        Background<List<Future<Integer>>> submitter =
                Background.start(
                        () -> {
                            List<Future<Integer>> accepted = new ArrayList<>();
                            try {
                                while (true) {
                                    accepted.add(executor.submit(task(() -> 1)));
                                    some.countDown();
                                }
                            } catch (RejectedExecutionException e) {
                                return accepted;
                            }
                        });
        Await.until(
                () -> some.getCount() == 0 || submitter.isDone(),
                "some tasks are accepted or the submitter has failed");
        executor.shutdown();
        List<Future<Integer>> accepted = submitter.get(LONG, TimeUnit.SECONDS);
        assertThat(accepted).hasSizeGreaterThanOrEqualTo(100);
        for (Future<Integer> future : accepted) {
            assertThat(future.get(LONG, TimeUnit.SECONDS)).isEqualTo(1);
        }
        assertThat(executor.awaitTermination(LONG, TimeUnit.SECONDS)).isTrue();
    }
}
