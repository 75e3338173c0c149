package dev.procession.core.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernel's answer about a process that lives, is stopped, or is killed. */
class LockProbeTest {

    @TempDir private Path directory;

    @Test
    void shouldReportTheMemberAliveUntilItIsKilledAndDeadAfterwards() throws Exception {
        Path file = directory.resolve("m1");
        Process member = startMember(file);
        try {
            assertThat(member.getInputStream().read()).as("it has joined").isEqualTo('!');
            assertThat(LockProbe.isFree(file)).as("the living member is dead").isFalse();
            signal("STOP", member);
            assertThat(LockProbe.isFree(file)).as("the stopped member is dead").isFalse();
            signal("KILL", member);
            assertThat(member.waitFor(40, TimeUnit.SECONDS)).as("it has ended").isTrue();
            assertThat(LockProbe.isFree(file)).as("the killed member is dead").isTrue();
        } finally {
            member.destroyForcibly().waitFor();
        }
    }

    private static Process startMember(Path file) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Member.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void signal(String name, Process process) throws Exception {
        String pid = Long.toString(process.pid());
        assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor()).isZero();
    }

    /** Takes the lock of a life file, prints a character, and waits until its parent has ended. */
    static final class Member {
        public static void main(String[] arguments) throws IOException {
            Membership membership = Membership.claim(Path.of(arguments[0]));
            System.out.print('!');
            System.out.flush();
            while (System.in.read() >= 0 && membership.isHeld()) {
                // the parent writes nothing; its end ends the input
            }
        }
    }
}
