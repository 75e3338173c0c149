package dev.procession.monitor.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.monitor.ProcessionCommand;
import dev.procession.testing.Await;
import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code top} in a real terminal. */
@SystemTest
@Timeout(120)
class TopInTerminalTest {

    private static final String ALTERNATE_AND_CURSOR = "#{alternate_on} #{cursor_flag}";

    @TempDir private Path directory;

    @BeforeEach
    void hasTmux() {
        Tmux.assumeHere();
    }

    /** The programs are killed at the end of each test. */
    @AfterEach
    void removesTheirFiles() throws Exception {
        assertThat(CommandRun.of("clean").exitCode()).isZero();
    }

    /** Runs top between two looks at the terminal's settings. */
    private Tmux open(int columns, int rows) throws Exception {
        StringBuilder top = new StringBuilder();
        for (String word : TestProgram.command(List.of(), ProcessionCommand.class, "top")) {
            top.append('\'').append(word).append("' ");
        }
        Path run =
                Files.writeString(
                        directory.resolve("run"), "echo $$ >" + pidFile() + "\nexec " + top);
        return Tmux.open(
                directory,
                columns,
                rows,
                "trap : INT\necho before\nold=$(stty -g)\nsh "
                        + run
                        + "\necho ended: $?\n"
                        + "[ \"$old\" = \"$(stty -g)\" ] && echo same settings\nread line\n");
    }

    private Path pidFile() {
        return directory.resolve("pid");
    }

    private long pid() throws Exception {
        return Long.parseLong(Files.readString(pidFile()).strip());
    }

    private static void assertGivenBack(Tmux terminal, int exitCode) throws Exception {
        List<String> lines = terminal.await("same settings");
        assertThat(lines).contains("before", "ended: " + exitCode);
        assertThat(lines).noneMatch(line -> line.contains("procession top"));
        assertThat(terminal.tell("display-message", "-p", ALTERNATE_AND_CURSOR).strip())
                .isEqualTo("0 1");
    }

    @Test
    void shouldFitIntoEachWidthAndEndByControlC() throws Exception {
        try (TestProgram shop = TestProgram.start(Shop.class);
                Tmux terminal = open(80, 24)) {
            List<String> narrow =
                    terminal.await(
                            lines ->
                                    String.join("\n", lines).contains(" hung ")
                                            && lines.get(0).contains(" tasks/s"),
                            "it shows the hung task and how many end in a second");
            assertThat(narrow.get(0)).startsWith("procession top  ").contains("1 program");
            assertThat(narrow).anyMatch(line -> line.contains(Shop.class.getName()));
            assertThat(narrow).anyMatch(line -> line.contains("pid " + shop.pid()));
            assertThat(narrow.get(23)).contains("q quit");
            assertThat(terminal.tell("display-message", "-p", ALTERNATE_AND_CURSOR).strip())
                    .isEqualTo("1 0");

            terminal.resize(200, 50);
            terminal.await(
                    lines -> lines.size() >= 50 && lines.get(49).contains("q quit"),
                    "it fills the larger terminal");
            assertThat(terminal.lines()).anyMatch(line -> line.contains("HEAP"));

            terminal.resize(60, 6);
            terminal.await(
                    lines -> lines.get(5).contains("q quit") && lines.get(0).contains("top"),
                    "it fits into the smaller terminal");
            List<String> begin = terminal.lines();
            terminal.keys("End");
            terminal.await(
                    lines -> !lines.get(1).equals(begin.get(1)) && !lines.get(4).isBlank(),
                    "it shows the last lines");
            terminal.keys("Home");
            terminal.await(
                    lines -> lines.get(1).startsWith(Shop.class.getName()),
                    "it shows the first lines");

            terminal.resize(80, 24);
            terminal.keys("C-c");
            assertGivenBack(terminal, 0);
        }
    }

    @Test
    void shouldShowTheLongestRunningTaskFirst() throws Exception {
        try (TestProgram shop = TestProgram.start(Shop.class);
                Tmux terminal = open(120, 30)) {
            terminal.await("pid " + shop.pid());
            List<String> lines =
                    terminal.await(
                            all -> worker(all, 0).contains(" hung ") && isSeconds(worker(all, 0)),
                            "the hung task comes first");
            assertThat(worker(lines, 1)).contains(" again ");
            terminal.keys("d");
            terminal.await(
                    all -> worker(all, 0).contains(" idle ") || worker(all, 0).contains(" bad "),
                    "the worker with most tasks comes first");
            terminal.keys("q");
            assertGivenBack(terminal, 0);
        }
    }

    private static String worker(List<String> lines, int index) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains("  PID  STATE")) {
                return i + 1 + index < lines.size() ? lines.get(i + 1 + index) : "";
            }
        }
        return "";
    }

    private static boolean isSeconds(String line) {
        return line.matches(" *\\d+  busy +[1-9].*");
    }

    @Test
    void shouldGiveTheTerminalBackWhenItIsTerminated() throws Exception {
        try (Tmux terminal = open(80, 24)) {
            terminal.await("No program of this user");
            assertThat(ProcessHandle.of(pid()).orElseThrow().destroy()).isTrue();
            assertGivenBack(terminal, 128 + 15);
        }
    }

    @Test
    void shouldEndWithItsTerminal() throws Exception {
        ProcessHandle top;
        try (Tmux terminal = open(80, 24)) {
            terminal.await("No program of this user");
            top = ProcessHandle.of(pid()).orElseThrow();
        }
        Await.until(() -> !top.isAlive(), "top has ended");
    }
}
