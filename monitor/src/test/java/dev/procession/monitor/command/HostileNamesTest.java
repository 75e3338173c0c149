package dev.procession.monitor.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.monitor.Liar;
import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A program has names that would steer a terminal, or turn its text around. */
@SystemTest
@Timeout(120)
class HostileNamesTest {

    /** What the program says is its worker; nothing is done to it. */
    private static final long WORKER = Integer.MAX_VALUE;

    /** Names reach a terminal as one harmless line, and a file or another program as ASCII. */
    @Test
    void shouldLetNoNameSteerATerminal() throws Exception {
        String pid = Long.toString(WORKER);
        String name = "a\u001b]0;x\u0007\u009b2J\u202e\u2066\r\n\u2028\u2029\u0085\u007f\b<b>";
        try (TestProgram liar = TestProgram.start(Liar.class, pid, name)) {
            String unusedLine = liar.awaitLine("session: ");
            for (List<String> arguments :
                    List.of(
                            List.of("ps"),
                            List.of("ps", "--json"),
                            List.of("top", "-n", "1"),
                            List.of("top", "-n", "1", "--json"),
                            List.of("stack", pid),
                            List.of("stack", pid, "--json"),
                            List.of("cancel", "1"))) {
                CommandRun run = CommandRun.of(arguments.toArray(new String[0]));
                boolean json = arguments.contains("--json");
                assertThat(run.text()).as(arguments.toString()).isNotEmpty();
                assertThat(run.text().codePoints())
                        .as(arguments + ": " + run.text())
                        .allMatch(point -> point == '\n' || isHarmless(point, json));
                if (!json) {
                    assertThat(run.text()).contains("<b>");
                }
            }
        }
        assertThat(CommandRun.of("clean").exitCode()).isZero();
    }

    private static boolean isHarmless(int point, boolean ascii) {
        int type = Character.getType(point);
        return !Character.isISOControl(point)
                && type != Character.FORMAT
                && type != Character.LINE_SEPARATOR
                && type != Character.PARAGRAPH_SEPARATOR
                && (!ascii || point < 127);
    }
}
