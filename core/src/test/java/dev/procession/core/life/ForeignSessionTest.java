package dev.procession.core.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.link.LinkServer;
import dev.procession.testing.OtherUser;
import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * In a directory that all users may write to, another user makes sessions under this one's name,
 * whose processes would answer in the place of this user's.
 */
@SystemTest
@Timeout(60)
class ForeignSessionTest {

    private static final String VICTIM = "v" + ProcessHandle.current().pid();
    private static final String SESSION = "1-1-00";

    @TempDir Path directory;

    @BeforeEach
    void shareTheDirectory() throws IOException {
        Files.setAttribute(directory, "unix:mode", 01777);
    }

    /** Lets everybody enter its session, and waits. */
    static final class Trap {

        private Trap() {}

        public static void main(String[] args) throws Exception {
            Path home = Session.current().home();
            LinkServer unused = LinkServer.current();
            for (Path each : List.of(home.getParent(), home)) {
                Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxrwxrwx"));
            }
            try (Stream<Path> files = Files.list(home)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    Files.setPosixFilePermissions(
                            file, PosixFilePermissions.fromString("rwxrwxrwx"));
                }
            }
            System.out.println("home: " + home);
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    /** Prints the sessions that it finds. */
    static final class Finder {

        private Finder() {}

        public static void main(String[] args) throws IOException {
            FoundSession.all().forEach(each -> System.out.println("found: " + each.home()));
        }
    }

    private List<String> command(Class<?> main) {
        return TestProgram.command(
                List.of(
                        "-Djava.io.tmpdir=" + directory,
                        "-Dprocession.directory=" + directory,
                        "-Duser.name=" + VICTIM),
                main);
    }

    private String find() throws Exception {
        try (TestProgram finder = TestProgram.start(directory, command(Finder.class))) {
            assertThat(finder.awaitExit()).as(finder.text()).isZero();
            return finder.text();
        }
    }

    private Path base() {
        return directory.resolve("procession-" + VICTIM);
    }

    private static void makeSession(Path base) throws IOException {
        SessionDirectory.makePrivate(base);
        Path home = base.resolve(SESSION);
        SessionDirectory.makePrivate(home);
        Files.createFile(home.resolve(DirectoryLayout.SECRET));
    }

    @Test
    void shouldNotFindTheSessionOfAnotherUser() throws Exception {
        List<String> trap = new ArrayList<>(OtherUser.prefix(directory));
        trap.addAll(command(Trap.class));
        try (TestProgram other = TestProgram.start(directory, trap)) {
            String home = other.awaitLine("home: ");
            assertThat(home).startsWith(base().toString());
            assertThat(find()).doesNotContain(home);
        }
    }

    @Test
    void shouldFindItsOwnSessionsOnly() throws Exception {
        makeSession(base());
        assertThat(find()).contains(base().resolve(SESSION).toString());

        Path elsewhere = directory.resolve("elsewhere");
        Files.move(base().resolve(SESSION), elsewhere);
        Files.createSymbolicLink(base().resolve(SESSION), elsewhere);
        assertThat(find()).as("a link to a session").doesNotContain(SESSION);
    }

    @Test
    void shouldNotFollowALinkInThePlaceOfItsDirectory() throws Exception {
        makeSession(directory.resolve("real"));
        Files.createSymbolicLink(base(), directory.resolve("real"));
        assertThat(find()).doesNotContain(SESSION);
    }

    @Test
    void shouldNotFindSessionsWhereOthersMayWrite() throws Exception {
        makeSession(base());
        Files.setPosixFilePermissions(base(), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(find()).doesNotContain(SESSION);
    }
}
