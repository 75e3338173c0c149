package dev.procession.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.SessionFiles;
import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An exit hook that uses children ends. */
@SystemTest
@Timeout(60)
class ExitHookTest {

    /** Ends while a child runs, with a hook that waits for it. */
    static final class Program {

        private Program() {}

        public static void main(String[] args) throws Exception {
            if (args[0].equals("first")) {
                addHook(() -> start());
                System.exit(0);
            }
            ChildProcess<Void> child = ChildProcess.start(() -> Thread.sleep(Long.MAX_VALUE));
            ChildProcess.start(() -> 1).result(); // opens the link server
            addHook(
                    () -> {
                        use(args[0], child);
                        System.out.println("used: " + !child.isAlive());
                        start();
                    });
            System.out.println("ready: ");
            if (args[1].equals("exit")) {
                System.exit(0);
            }
            Thread.sleep(Long.MAX_VALUE);
        }

        private static void addHook(Runnable body) {
            Runtime.getRuntime().addShutdownHook(new Thread(body, "a hook of the user's"));
        }

        private static void use(String how, ChildProcess<Void> child) {
            try {
                switch (how) {
                    case "close" -> child.close();
                    case "join" -> child.join();
                    case "result" -> child.result();
                    default -> child.onExit().join();
                }
            } catch (ExecutionException | InterruptedException e) {
                System.out.println("failed: " + e.getCause().getClass().getSimpleName());
            }
        }

        private static void start() {
            try {
                ChildProcess.start(() -> 1);
                System.out.println("started: yes");
            } catch (IllegalStateException e) {
                System.out.println("started: " + e.getMessage());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "close, exit",
        "join, exit",
        "result, exit",
        "onExit, exit",
        "close, signal",
        "join, signal",
        "result, signal",
        "onExit, signal"
    })
    void shouldEndWhenHookWaitsForChild(String how, String end) throws Exception {
        try (TestProgram program = TestProgram.start(Program.class, how, end)) {
            program.awaitLine("ready: ");
            if (end.equals("signal")) {
                ProcessHandle.of(program.pid()).orElseThrow().destroy(); // its output stays open
            }
            assertThat(program.awaitLine("used: ")).isEqualTo("true");
            assertThat(program.awaitLine("started: ")).contains("shutting down");
            program.awaitExit();
            assertThat(program.lines())
                    .as(program.text())
                    .noneMatch(line -> line.startsWith("\tat ") || line.contains("WARNING"));
            assertThat(SessionFiles.directoriesOf(program.pid())).isEmpty();
        }
    }

    @Test
    void shouldRefuseTheFirstChildInHookAndLeaveNothing() throws Exception {
        try (TestProgram program = TestProgram.start(Program.class, "first")) {
            assertThat(program.awaitLine("started: ")).contains("shutting down");
            program.awaitExit();
            assertThat(program.text()).doesNotContain("\tat ");
            assertThat(SessionFiles.directoriesOf(program.pid())).isEmpty();
        }
    }
}
