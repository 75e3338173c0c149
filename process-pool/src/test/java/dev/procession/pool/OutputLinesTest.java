package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.OutputLine;
import dev.procession.core.ProcessOutput;
import dev.procession.core.SerializableCallable;
import dev.procession.core.WorkerCrashedException;
import dev.procession.pool.worker.CurrentTask;
import dev.procession.testing.Await;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines that workers print, and the tasks that they are said to be of. */
class OutputLinesTest {

    private static final int PATIENCE_SECONDS = 40;
    private static final int LONGEST_PIECE = 8192;
    private static final int SIGKILL = 9;

    @TempDir private Path directory;

    private final LinkedBlockingQueue<OutputLine> lines = new LinkedBlockingQueue<>();

    private ProcessPoolExecutor pool() {
        return ProcessPoolExecutor.builder()
                .name("print")
                .workers(1)
                .output(ProcessOutput.lines(lines::add))
                .build();
    }

    private OutputLine next() throws InterruptedException {
        return Objects.requireNonNull(
                lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "a line is printed");
    }

    private static <V> TaskFuture<V> submit(
            ProcessPoolExecutor pool, String name, SerializableCallable<V> task) {
        return pool.submit(task, TaskOptions.builder().name(name).build());
    }

    @Test
    void shouldTellTheTaskOfEachLineHoweverLateItIsRead() throws Exception {
        int tasks = 300;
        CountDownLatch allEnded = new CountDownLatch(1);
        ProcessOutput late =
                ProcessOutput.lines(
                        line -> {
                            awaitQuietly(allEnded);
                            lines.add(line);
                        });
        try (ProcessPoolExecutor pool =
                ProcessPoolExecutor.builder().name("late").workers(1).output(late).build()) {
            List<TaskFuture<Long>> futures = new ArrayList<>();
            for (int i = 0; i < tasks; i++) {
                String text = "line " + i;
                futures.add(submit(pool, "name " + i, () -> print(text)));
            }
            for (TaskFuture<Long> future : futures) {
                future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
            allEnded.countDown();
            for (int i = 0; i < tasks; i++) {
                assertThat(next())
                        .isEqualTo(
                                new OutputLine(
                                        "late-0",
                                        futures.get(i).get(),
                                        ProcessOutput.Stream.OUT,
                                        "line " + i,
                                        "late",
                                        0,
                                        futures.get(i).id(),
                                        "name " + i));
            }
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            boolean unused = latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long print(String text) {
        System.out.println(text);
        return ProcessHandle.current().pid();
    }

    @Test
    void shouldTellNoTaskOfALineBetweenTasks() throws Exception {
        try (ProcessPoolExecutor pool = pool()) {
            submit(pool, "starter", OutputLinesTest::printWhenNoTaskRuns).get();
            OutputLine line = next();
            assertThat(line.text()).isEqualTo("between");
            assertThat(line.stream()).isEqualTo(ProcessOutput.Stream.ERR);
            assertThat(line.task()).isZero();
            assertThat(line.taskName()).isNull();
            assertThat(line.worker()).isZero();
            assertThat(line.pool()).isEqualTo("print");
        }
    }

    private static int printWhenNoTaskRuns() {
        Thread thread =
                new Thread(
                        () -> {
                            while (CurrentTask.get() != null) {
                                Thread.onSpinWait();
                            }
                            System.err.println("between");
                        });
        thread.start();
        return 1;
    }

    @Test
    void shouldTellTheRunningTaskOfALineWithoutAMark() throws Exception {
        String seen = directory.resolve("seen").toString();
        try (ProcessPoolExecutor pool = pool()) {
            print(pool, "earlier", "marked\n");
            assertThat(next().taskName()).isEqualTo("earlier");
            TaskFuture<Integer> future = submit(pool, "native", () -> printUnmarked(seen));
            OutputLine line = next();
            Files.createFile(Path.of(seen));
            assertThat(line.text()).isEqualTo("unmarked");
            assertThat(line.task()).isEqualTo(future.id());
            assertThat(line.taskName()).isEqualTo("native");
            future.get();
        }
    }

    /** Prints as native code does, and ends when the line was read. */
    private static int printUnmarked(String seen) throws IOException {
        new FileOutputStream(FileDescriptor.out)
                .write("unmarked\n".getBytes(StandardCharsets.UTF_8));
        Await.until(() -> Files.exists(Path.of(seen)), "the line was read");
        return 1;
    }

    private static void print(ProcessPoolExecutor pool, String name, String text)
            throws ExecutionException, InterruptedException {
        submit(
                        pool,
                        name,
                        () -> {
                            System.out.print(text);
                            return 1;
                        })
                .get();
    }

    @Test
    void shouldTellTheTaskThatBeganALine() throws Exception {
        try (ProcessPoolExecutor pool = pool()) {
            print(pool, "first", "one\n\nbegun ");
            print(pool, "second", "and ended\ntwo\n");
            assertThat(List.of(next(), next(), next(), next()))
                    .extracting(line -> line.taskName() + ": " + line.text())
                    .containsExactly(
                            "first: one", "first: ", "first: begun and ended", "second: two");
        }
    }

    @Test
    void shouldPassOnTextThatLooksLikeAMark() throws Exception {
        List<String> texts = List.of("\u00107\u0011seven", "\u0010", "\u00101234", "\u0011");
        try (ProcessPoolExecutor pool = pool()) {
            print(pool, "odd", String.join("\n", texts) + "\n");
            for (String text : texts) {
                OutputLine line = next();
                assertThat(line.text()).isEqualTo(text);
                assertThat(line.taskName()).isEqualTo("odd");
            }
        }
    }

    @Test
    void shouldTellTheTaskOfEachPieceOfALongLine() throws Exception {
        int length = 2 * LONGEST_PIECE + 1;
        try (ProcessPoolExecutor pool = pool()) {
            print(pool, "long", "x".repeat(length) + "\n" + "y".repeat(LONGEST_PIECE) + "\n");
            assertThat(List.of(next(), next(), next(), next()))
                    .allMatch(line -> "long".equals(line.taskName()))
                    .extracting(line -> line.text().length())
                    .containsExactly(LONGEST_PIECE, LONGEST_PIECE, 1, LONGEST_PIECE);
        }
    }

    @Test
    void shouldTellTheTaskOfTheLastLineOfADeadWorker() throws Exception {
        try (ProcessPoolExecutor pool = pool()) {
            TaskFuture<Integer> future = submit(pool, "fatal", OutputLinesTest::printAndDie);
            assertThatThrownBy(future::get)
                    .cause()
                    .isInstanceOfSatisfying(
                            WorkerCrashedException.class,
                            e -> {
                                assertThat(e.signal()).isEqualTo(SIGKILL);
                                assertThat(e.lastOutput()).isEqualTo("farewell");
                            });
            OutputLine line = next();
            assertThat(line.text()).isEqualTo("farewell");
            assertThat(line.task()).isEqualTo(future.id());
            assertThat(line.taskName()).isEqualTo("fatal");
        }
    }

    private static int printAndDie() throws IOException, InterruptedException {
        System.out.print("farewell");
        String pid = Long.toString(ProcessHandle.current().pid());
        new ProcessBuilder("kill", "-KILL", pid).start();
        Thread.sleep(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        return 1;
    }

    @Test
    void shouldShowTheTaskByDefault() {
        OutputLine named =
                new OutputLine("p-0", 4711, ProcessOutput.Stream.OUT, "hello", "p", 0, 17, "parse");
        assertThat(named).hasToString("[p-0 pid 4711, task 17 (parse)] hello");
        OutputLine unnamed =
                new OutputLine("p-0", 4711, ProcessOutput.Stream.OUT, "hello", "p", 0, 17, null);
        assertThat(unnamed).hasToString("[p-0 pid 4711, task 17] hello");
        OutputLine between =
                new OutputLine("p-0", 4711, ProcessOutput.Stream.OUT, "hello", "p", 0, 0, null);
        assertThat(between).hasToString("[p-0 pid 4711] hello");
        OutputLine child =
                new OutputLine("c", 4711, ProcessOutput.Stream.OUT, "hello", null, -1, 0, null);
        assertThat(child).hasToString("[c] hello");
    }
}
