package dev.procession.monitor.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.monitor.Liar;
import dev.procession.monitor.ProcessionCommand;
import dev.procession.testing.Await;
import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A worker has died and another process has its number, before the pool has noticed: that process
 * lives on.
 */
@SystemTest
@Timeout(60)
class KillTest {

    private ProcessHandle stranger;

    /** Starts a process that is no descendant of this one any more. */
    @BeforeEach
    void startAStranger() throws Exception {
        Process shell =
                new ProcessBuilder("sh", "-c", "exec 2>&-; sleep 100 >&- & echo $!").start();
        String pid = new String(shell.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        stranger = ProcessHandle.of(Long.parseLong(pid.strip())).orElseThrow();
        assertThat(shell.waitFor()).isZero();
    }

    @AfterEach
    void endIt() {
        assertThat(stranger.isAlive()).as("the stranger lives").isTrue();
        stranger.destroyForcibly();
        Await.until(() -> !stranger.isAlive(), "it has ended");
    }

    @Test
    void shouldNotKillByThePage() throws Exception {
        try (TestProgram liar =
                TestProgram.startAsThisUser(Liar.class, Long.toString(stranger.pid()))) {
            String body =
                    "{\"session\":\"%s\",\"pool\":1,\"pid\":%d}"
                            .formatted(liar.awaitLine("session: "), stranger.pid());
            Response response = new Actions().run("kill", body.getBytes(StandardCharsets.US_ASCII));
            assertThat(response.status()).isEqualTo(409);
            assertThat(new String(response.body(), StandardCharsets.UTF_8))
                    .isEqualTo("the pool has no such worker now");
        }
    }

    @Test
    void shouldNotKillByTheCommand() throws Exception {
        String pid = Long.toString(stranger.pid());
        try (TestProgram liar = TestProgram.start(Liar.class, pid)) {
            String unusedLine = liar.awaitLine("session: ");
            try (TestProgram kill = TestProgram.start(ProcessionCommand.class, "kill", pid)) {
                assertThat(kill.awaitExit()).isEqualTo(1);
                assertThat(kill.text()).contains("No program of this user has the process " + pid);
            }
            assertThat(liar.isAlive()).isTrue();
        }
        removeItsFiles();
    }

    private static void removeItsFiles() throws Exception {
        try (TestProgram clean = TestProgram.start(ProcessionCommand.class, "clean")) {
            assertThat(clean.awaitExit()).as(clean.text()).isZero();
        }
    }
}
