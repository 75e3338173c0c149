package dev.procession.samples;

import static java.util.concurrent.TimeUnit.DAYS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.ChildProcess;
import dev.procession.core.Futures;
import dev.procession.core.WorkerCrashedException;
import dev.procession.manager.Manager;
import dev.procession.manager.Merge;
import dev.procession.manager.SharedDict;
import dev.procession.manager.SharedLock;
import dev.procession.pipe.Connection;
import dev.procession.pipe.Pipe;
import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.pool.Shared;
import dev.procession.pool.TaskFuture;
import dev.procession.pool.TaskOptions;
import dev.procession.pool.TaskTimeoutException;
import dev.procession.queue.ProcessQueue;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Compiles and runs the README's examples, and checks that these are the README's. */
class ReadmeExamplesTest {

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private PrintStream before;

    @BeforeEach
    void capture() {
        before = System.out;
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setOut(before);
    }

    private List<String> printed() {
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static int fib(int n) {
        return n < 2 ? n : fib(n - 1) + fib(n - 2);
    }

    private static Object resultOf(Future<?> done) {
        try {
            return done.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldComputeInProcesses() {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(3)) {
            List<TaskFuture<Integer>> futures = new ArrayList<>();
            for (int n = 30; n < 40; n++) {
                int captured = n;
                futures.add(pool.submit(() -> fib(captured)));
            }
            Futures.asCompleted(futures).forEach(done -> System.out.println(resultOf(done)));
        }
        assertThat(printed())
                .containsOnlyOnce(
                        "832040",
                        "1346269",
                        "2178309",
                        "3524578",
                        "5702887",
                        "9227465",
                        "14930352",
                        "24157817",
                        "39088169",
                        "63245986");
    }

    @Test
    void shouldSurviveACrash() throws Exception {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            TaskFuture<Void> doomed = pool.submit(() -> Runtime.getRuntime().halt(42));
            try {
                doomed.get();
            } catch (ExecutionException e) {
                WorkerCrashedException crash = (WorkerCrashedException) e.getCause();
                System.out.println("pid " + crash.pid() + " exited with " + crash.exitCode());
            }
            System.out.println(pool.submit(() -> "the pool still serves").get());
        }
        assertThat(printed())
                .anyMatch(line -> line.matches("pid \\d+ exited with 42"))
                .containsOnlyOnce("the pool still serves");
    }

    private static int die() {
        Runtime.getRuntime().halt(42);
        return 0;
    }

    @Test
    void shouldGiveTheOutcomeOfEachItem() {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            List<Integer> shares = List.of(3, 0, 4);
            pool.mapOutcomes(n -> n == 0 ? die() : 12 / n, shares)
                    .forEach(
                            outcome ->
                                    System.out.println(
                                            outcome.index()
                                                    + (outcome.isSuccess()
                                                            ? ": " + outcome.value()
                                                            : " killed its worker")));
        }
        assertThat(printed()).containsSubsequence("0: 4", "1 killed its worker", "2: 3");
    }

    @Test
    void shouldShowWhereATaskHangs() throws Exception {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            TaskOptions brief = TaskOptions.builder().timeout(Duration.ofSeconds(2)).build();
            TaskFuture<Boolean> hung =
                    pool.submit(() -> new Semaphore(0).tryAcquire(1, DAYS), brief);
            try {
                hung.get();
            } catch (ExecutionException e) {
                System.out.println(((TaskTimeoutException) e.getCause()).stack());
            }
        }
        assertThat(printed())
                .anyMatch(
                        line ->
                                line.startsWith(
                                        "\"main\" TIMED_WAITING on"
                                                + " java.util.concurrent.Semaphore$NonfairSync@"))
                .anyMatch(line -> line.contains("Semaphore.tryAcquire(Semaphore.java:"));
    }

    @Test
    void shouldShareALargeValue() {
        List<String> dictionary = List.of("newt", "owl", "rat");
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            try (Shared<List<String>> words = pool.share(dictionary)) {
                long known =
                        pool.map(w -> words.get().contains(w), List.of("owl", "wol"))
                                .filter(b -> b)
                                .count();
                System.out.println(known + " of them is a word");
            }
        }
        assertThat(printed()).containsOnlyOnce("1 of them is a word");
    }

    @Test
    void shouldTalkWithAChild() throws Exception {
        try (Pipe<String> pipe = Pipe.open()) {
            Connection<String> theirs = pipe.second();
            ChildProcess<Void> child = ChildProcess.start(() -> theirs.send("hermione"));
            System.out.println(pipe.first().receive());
            child.join();
        }
        assertThat(printed()).containsOnlyOnce("hermione");
    }

    @Test
    @SuppressWarnings("LockNotBeforeTry") // the example is about a lock that nobody gives back
    void shouldShareState() throws Exception {
        try (Manager manager = Manager.start()) {
            SharedDict<String, Integer> owls = manager.dict("owls");
            SharedLock lock = manager.rlock("owls");
            ChildProcess<Void> child =
                    ChildProcess.start(
                            () -> {
                                owls.merge("ron", 1, Merge.sum());
                                lock.lock(); // and the child ends with it
                            });
            child.join();
            lock.lock();
            System.out.println(owls + ", abandoned: " + lock.wasAbandoned());
            lock.unlock();
        }
        assertThat(printed()).containsOnlyOnce("{ron=1}, abandoned: true");
    }

    @Test
    void shouldGiveAQueueToATask() throws Exception {
        try (ProcessQueue<Integer> queue = ProcessQueue.create(100);
                ProcessPoolExecutor pool = new ProcessPoolExecutor(2)) {
            Future<Integer> task = pool.submit(() -> queue.take() + queue.take());
            queue.put(40);
            queue.put(2);
            System.out.println(task.get());
        }
        assertThat(printed()).containsOnlyOnce("42");
    }

    @Test
    void shouldBeTheReadmesExamples() throws Exception {
        Path root = Path.of("").toAbsolutePath();
        if (root.endsWith("samples")) {
            root = root.getParent();
        }
        String readme = Files.readString(root.resolve("README.md"));
        String here =
                Files.readString(
                        root.resolve(
                                "samples/src/test/java/dev/procession/samples"
                                        + "/ReadmeExamplesTest.java"));
        Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(readme);
        int count = 0;
        while (block.find()) {
            assertThat(squeeze(here)).contains(squeeze(block.group(1)));
            count++;
        }
        assertThat(count).isEqualTo(8);
    }

    private static String squeeze(String code) {
        return code.replaceAll("\\s+", " ").strip();
    }
}
