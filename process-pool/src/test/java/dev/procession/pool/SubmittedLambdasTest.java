package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.ProcessOutput;
import dev.procession.core.SerializableCallable;
import dev.procession.core.UnserializableException;
import dev.procession.testing.TestProgram;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What users write as a task, and the message when it cannot be sent. */
@Timeout(120)
class SubmittedLambdasTest {

    private static ProcessPoolExecutor pool() {
        return ProcessPoolExecutor.builder().workers(1).output(ProcessOutput.discard()).build();
    }

    private static void open(String file) throws IOException {
        throw new FileNotFoundException(file);
    }

    @Nested
    class Checked {

        @Test
        void shouldTakeALambdaThatThrowsAndReturnsNothing() throws Exception {
            try (ProcessPoolExecutor pool = pool()) {
                assertThat(
                                pool.submit(
                                                () -> {
                                                    Thread.sleep(1);
                                                })
                                        .get())
                        .isNull();
                assertThatThrownBy(() -> pool.submit(() -> open("no file")).get())
                        .hasCauseInstanceOf(FileNotFoundException.class);
            }
        }

        @Test
        void shouldExecuteALambda(@TempDir Path directory) throws Exception {
            Path file = directory.resolve("made");
            String name = file.toString();
            try (ProcessPoolExecutor pool = pool()) {
                pool.execute(() -> Files.createFile(Path.of(name)));
            }
            assertThat(file).exists();
        }

        @Test
        void shouldHaveOneWorkerForEachProcessorWithoutANumber() {
            try (ProcessPoolExecutor pool = new ProcessPoolExecutor()) {
                assertThat(pool.prestartAllWorkers())
                        .isLessThanOrEqualTo(Runtime.getRuntime().availableProcessors());
                assertThat(pool.workers()).hasSize(Runtime.getRuntime().availableProcessors());
            }
        }
    }

    @Nested
    class Refused {

        @Test
        void shouldSayWhatToUseInsteadOfSupplyAsync() {
            try (ProcessPoolExecutor pool = pool()) {
                assertThatThrownBy(() -> CompletableFuture.supplyAsync(() -> 1, pool))
                        .isInstanceOf(UnserializableException.class)
                        .hasMessageContaining("use submit(...) of the pool");
                assertThatThrownBy(
                                () ->
                                        CompletableFuture.completedFuture(1)
                                                .thenApplyAsync(i -> i + 1, pool)
                                                .join())
                        .isInstanceOf(CompletionException.class)
                        .cause()
                        .isInstanceOf(UnserializableException.class)
                        .hasMessageContaining("use submit(...) of the pool");
            }
        }

        @Test
        void shouldSayWhatToUseInsteadOfACompletionService() {
            try (ProcessPoolExecutor pool = pool()) {
                assertThatThrownBy(
                                () -> new ExecutorCompletionService<Integer>(pool).submit(() -> 1))
                        .isInstanceOf(UnserializableException.class)
                        .hasMessageContaining("Futures.asCompleted(...)");
            }
        }

        @Test
        void shouldNameTheUsersLambdaAndNotTheChunk() {
            Thread captured = new Thread();
            try (ProcessPoolExecutor pool = pool()) {
                assertThatThrownBy(() -> pool.map(i -> captured.getName() + i, List.of(1)).toList())
                        .isInstanceOf(UnserializableException.class)
                        .hasMessageContaining("lambda in " + SubmittedLambdasTest.class.getName())
                        .hasMessageContaining("captured argument 1 (java.lang.Thread)")
                        .hasMessageNotContaining("Chunk");
                assertThatThrownBy(
                                () ->
                                        pool.map(
                                                        (Object item) -> item.toString(),
                                                        List.of("a", Optional.of("b")))
                                                .toList())
                        .isInstanceOf(UnserializableException.class)
                        .hasMessageContaining("cannot serialise java.util.Optional")
                        .hasMessageNotContaining("Chunk");
                assertThatThrownBy(() -> pool.map(i -> Optional.of(i), List.of(1)).toList())
                        .isInstanceOf(CompletionException.class)
                        .cause()
                        .isInstanceOf(UnserializableException.class)
                        .hasMessageContaining("cannot serialise java.util.Optional")
                        .hasMessageNotContaining("Chunk");
            }
        }

        @Test
        void shouldNameTheUsersLambdaAlsoInAContext() {
            Thread captured = new Thread();
            try (ProcessPoolExecutor pool =
                    ProcessPoolExecutor.builder()
                            .workers(1)
                            .output(ProcessOutput.discard())
                            .context(new Named())
                            .build()) {
                assertThatThrownBy(() -> pool.submit(() -> captured.getName()))
                        .isInstanceOf(UnserializableException.class)
                        .hasMessageContaining("lambda in " + SubmittedLambdasTest.class.getName())
                        .hasMessageNotContaining("TaskInContext");
            }
        }
    }

    /** Like the hook of a coverage agent, which writes its results at exit. */
    @Test
    void shouldGiveTheExitHooksOfAWorkerTime(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("seen");
        String name = file.toString();
        try (ProcessPoolExecutor pool = pool()) {
            pool.submit(() -> Runtime.getRuntime().addShutdownHook(new Thread(() -> write(name))))
                    .get();
        }
        assertThat(file).exists();
    }

    private static void write(String name) {
        try {
            Thread.sleep(400); // it is a large file
            Files.createFile(Path.of(name));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldTakeAProxyThatNoFileHas() throws Exception {
        InvocationHandler handler =
                (InvocationHandler & Serializable) (proxy, method, arguments) -> 42;
        Object proxy =
                Proxy.newProxyInstance(
                        new URLClassLoader(new URL[0]),
                        new Class<?>[] {SerializableCallable.class},
                        handler);
        try (ProcessPoolExecutor pool = pool()) {
            @SuppressWarnings("unchecked")
            Callable<Integer> task = (Callable<Integer>) proxy;
            assertThat(pool.submit(task).get()).isEqualTo(42);
        }
    }

    /** Carries the name of the thread. */
    private record Named() implements TaskContext<String> {
        private static final long serialVersionUID = 1L;

        @Override
        public String capture() {
            return Thread.currentThread().getName();
        }

        @Override
        public void restore(String name) {
            Thread.currentThread().setName(name);
        }

        @Override
        public void clear() {
            Thread.currentThread().setName("main");
        }
    }

    /** Code that {@code java App.java} has compiled in memory. */
    @Nested
    class InMemory {

        @TempDir Path directory;

        private Stream<String> run(String statements) throws Exception {
            Path file =
                    Files.writeString(
                            directory.resolve("App.java"),
                            """
                            import dev.procession.core.ChildProcess;
                            import dev.procession.core.UnserializableException;
                            import dev.procession.pool.ProcessPoolExecutor;
                            import java.util.List;

                            public class App {
                                public static void main(String[] args) throws Exception {
                                    try {
                                        %s
                                    } catch (UnserializableException e) {
                                        System.out.println("refused: " + e.getMessage());
                                    }
                                }
                            }
                            """
                                    .formatted(statements));
            List<String> command =
                    new ArrayList<>(TestProgram.command(List.of(), SubmittedLambdasTest.class));
            command.set(command.size() - 1, file.toString());
            try (TestProgram program = TestProgram.start(directory, command)) {
                assertThat(program.awaitExit()).as(program.text()).isZero();
                return program.lines().stream();
            }
        }

        @Test
        void shouldBeRefusedAtSubmit() throws Exception {
            String remedy = "compile it to a file and put that on the class path";
            assertThat(
                            run(
                                    """
                                    try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
                                        pool.submit(() -> 42);
                                    }
                                    """))
                    .anyMatch(line -> line.startsWith("refused: ") && line.contains(remedy));
            assertThat(
                            run(
                                    """
                                    try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
                                        pool.map(i -> i + 1, List.of(1)).toList();
                                    }
                                    """))
                    .anyMatch(line -> line.startsWith("refused: ") && line.contains(remedy));
            assertThat(run("ChildProcess.start(() -> 42).result();"))
                    .anyMatch(line -> line.startsWith("refused: ") && line.contains(remedy));
        }
    }
}
