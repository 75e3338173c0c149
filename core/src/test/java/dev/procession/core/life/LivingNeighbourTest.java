package dev.procession.core.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.ChildProcess;
import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program that starts removes the files of dead processes, and no file of a living one. */
@SystemTest
@Timeout(60)
class LivingNeighbourTest {

    private static final String FULL = "shared memory is full";

    @TempDir Path temporary;
    @TempDir Path working;

    /** Has a session with a child, a spare directory, and a name with a spare directory. */
    static final class Program {

        private Program() {}

        public static void main(String[] args) throws Exception {
            ChildProcess<Void> child = ChildProcess.start(() -> Thread.sleep(Long.MAX_VALUE));
            Session session = Session.current();
            System.out.println("home: " + session.home());
            System.out.println("spare: " + fill(session));
            NamedMembers named =
                    NamedMembers.join(args[0], NamedMembers.Expectation.FREE, founder -> {});
            System.out.println("named: " + fill(named));
            System.in.read();
            System.out.println("child: " + child.isAlive());
            System.exit(0);
        }

        private static Path fill(Members members) throws IOException {
            Path spare = members.openSpare(new IOException(FULL));
            return Files.createFile(spare.resolve("x" + members.self()));
        }
    }

    private TestProgram start(Class<?> main, List<String> flags, String... arguments)
            throws IOException {
        List<String> all = new ArrayList<>(flags);
        all.add("-Djava.io.tmpdir=" + temporary);
        return TestProgram.start(working, TestProgram.command(all, main, arguments));
    }

    private void shouldKeep(List<String> flagsOfTheOld, List<String> flagsOfTheNew)
            throws Exception {
        String name = "neighbour-" + ProcessHandle.current().pid();
        try (TestProgram old = start(Program.class, flagsOfTheOld, name)) {
            Path home = Path.of(old.awaitLine("home: "));
            Path spare = Path.of(old.awaitLine("spare: "));
            Path named = Path.of(old.awaitLine("named: "));

            try (TestProgram next = start(RemovedLifeFileTest.NextProgram.class, flagsOfTheNew)) {
                next.awaitLine("home: ");
                assertThat(next.awaitExit()).as(next.text()).isZero();
            }

            assertThat(home.resolve("m1")).exists();
            assertThat(spare).exists();
            assertThat(named).exists();
            old.write('\n');
            assertThat(old.awaitLine("child: ")).isEqualTo("true");
            old.awaitExit();
            assertThat(home).doesNotExist();
            assertThat(spare).doesNotExist();
            assertThat(named).doesNotExist();
        }
    }

    private List<String> inTheTemporaryDirectory() {
        return List.of("-D" + Session.DIRECTORY_PROPERTY + "=" + temporary);
    }

    @Test
    void shouldKeepASessionInTheTemporaryDirectory() throws Exception {
        shouldKeep(inTheTemporaryDirectory(), List.of());
    }

    @Test
    void shouldKeepTheSparesOfASessionInSharedMemory() throws Exception {
        shouldKeep(List.of(), inTheTemporaryDirectory());
    }

    @Test
    void shouldKeepWhatIsInTheSamePlace() throws Exception {
        shouldKeep(List.of(), List.of());
    }
}
