package dev.procession.core.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the dead left is removed again and again, while programs start and others die. */
@SystemTest
@Timeout(120)
class CleanRaceTest {

    private static final int PROGRAMS = 12;

    /** Removes what is left until its input has ended, and prints what it has removed. */
    static final class Cleaner {

        private Cleaner() {}

        public static void main(String[] args) throws Exception {
            System.out.println("begins: now");
            int rounds = 0;
            do {
                for (LeftOvers one : LeftOvers.remove(e -> System.out.println("failed: " + e))) {
                    System.out.println("removed: " + one.directory());
                }
                rounds++;
            } while (System.in.available() == 0);
            LeftOvers.remove(e -> System.out.println("failed: " + e))
                    .forEach(one -> System.out.println("removed: " + one.directory()));
            System.out.println("rounds: " + rounds);
        }
    }

    /** Starts, looks whether all its files are there, and dies without a word, or waits. */
    static final class Starter {

        private Starter() {}

        public static void main(String[] args) throws Exception {
            Path home = Session.current().home();
            NamedMembers unused =
                    NamedMembers.join(
                            "race-" + args[0],
                            NamedMembers.Expectation.FREE,
                            members -> Files.createFile(members.home().resolve("thing")));
            boolean complete =
                    Files.exists(home.resolve(DirectoryLayout.SECRET))
                            && Files.exists(DirectoryLayout.lifeFile(home, Session.ROOT))
                            && Files.exists(unused.home().resolve("thing"));
            System.out.println("home: " + home);
            System.out.println("complete: " + complete);
            if (args[1].equals("dies")) {
                Runtime.getRuntime().halt(0);
            }
            int end = System.in.read();
            boolean still = Files.exists(home.resolve(DirectoryLayout.SECRET));
            System.out.println("still: " + (still && Files.exists(unused.home().resolve("thing"))));
            Runtime.getRuntime().halt(end);
        }
    }

    @Test
    void shouldRemoveOnlyWhatTheDeadLeft() throws Exception {
        List<String> homes = new ArrayList<>();
        List<TestProgram> programs = new ArrayList<>();
        try (TestProgram cleaner = TestProgram.start(Cleaner.class)) {
            assertThat(cleaner.awaitLine("begins: ")).isEqualTo("now");
            for (int i = 0; i < PROGRAMS; i++) {
                String end = i % 3 > 0 ? "dies" : "lives";
                TestProgram program = TestProgram.start(Starter.class, Integer.toString(i), end);
                programs.add(program);
                homes.add(program.awaitLine("home: "));
                assertThat(program.awaitLine("complete: ")).as(program.text()).isEqualTo("true");
            }
            for (int i = 0; i < PROGRAMS; i++) {
                TestProgram program = programs.get(i);
                if (i % 3 == 0) {
                    program.write(0);
                    assertThat(program.awaitLine("still: ")).isEqualTo("true");
                }
                int unused = program.awaitExit();
            }
            cleaner.write('x');
            assertThat(cleaner.awaitExit()).as(cleaner.text()).isZero();
            assertThat(cleaner.text()).doesNotContain("failed: ");
            assertThat(homes).noneMatch(home -> Files.exists(Path.of(home)));
        } finally {
            programs.forEach(TestProgram::close);
        }
    }
}
