package dev.procession.core.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The directory of a name cannot be removed, for a time or for ever. */
@SystemTest
@Timeout(60)
class NameThatCannotEndTest {

    /** Ends a name while its guard cannot be opened, and uses the name again. */
    static final class Program {

        private Program() {}

        public static void main(String[] args) throws Exception {
            NamedMembers first = join("again");
            Path guard = first.home().resolveSibling("guard");
            Files.delete(guard);
            Files.createDirectory(guard);
            try {
                first.disband();
                System.out.println("ended: at once");
            } catch (IOException e) {
                System.out.println("ended: later");
            }
            Files.delete(guard);
            NamedMembers second = join("again");
            System.out.println("again: " + second.self());
            second.disband();
        }
    }

    private static NamedMembers join(String name) throws IOException {
        return NamedMembers.join(name, NamedMembers.Expectation.FREE, founder -> {});
    }

    @Test
    void shouldRemoveTheDirectoryAtTheNextUseOfANameWhenItFailedBefore() throws Exception {
        try (TestProgram program = TestProgram.start(Program.class)) {
            assertThat(program.awaitLine("ended: ")).isEqualTo("later");
            assertThat(program.awaitLine("again: ")).isEqualTo("1");
            assertThat(program.awaitExit()).as(program.text()).isZero();
        }
    }

    /**
     * Uses a name while another name has a life file that cannot be opened, and others have dead
     * members only.
     */
    static final class Neighbour {

        private Neighbour() {}

        public static void main(String[] args) throws Exception {
            NamedMembers first = join("first");
            Path base = first.home().getParent();
            Path bad = Files.createDirectories(base.resolve("bad").resolve("m1"));
            Path[] dead = new Path[9]; // several, because the order of the sweep is not defined
            for (int i = 0; i < dead.length; i++) {
                dead[i] = Files.createDirectory(base.resolve("dead" + i));
                Files.createFile(dead[i].resolve("m1"));
            }
            NamedMembers second = join("second");
            int remaining = 0;
            for (Path each : dead) {
                remaining += Files.exists(each) ? 1 : 0;
            }
            System.out.println("remaining: " + remaining);
            System.out.println("bad: " + Files.exists(bad));
            Files.delete(bad);
            Files.delete(bad.getParent());
            first.disband();
            second.disband();
        }
    }

    @Test
    void shouldNotKeepOthersFromBeingSwept() throws Exception {
        try (TestProgram program = TestProgram.start(Neighbour.class)) {
            assertThat(program.awaitLine("remaining: ")).isEqualTo("0");
            assertThat(program.awaitLine("bad: ")).isEqualTo("true");
            assertThat(program.awaitExit()).as(program.text()).isZero();
        }
    }
}
