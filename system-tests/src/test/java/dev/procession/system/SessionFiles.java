package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What root processes have on disk: their directories in shared memory and the spare ones. */
final class SessionFiles {

    /** What a root has as long as it lives. */
    private static final Set<String> ROOTS_OWN = Set.of("m1", "s1", "secret", "members");

    private SessionFiles() {}

    /** The directories of a root process, alive or dead. */
    static List<Path> directoriesOf(long pid) {
        List<Path> found = new ArrayList<>();
        String user = "procession-" + System.getProperty("user.name");
        for (String place : List.of("/dev/shm", System.getProperty("java.io.tmpdir"))) {
            Path base = Path.of(place).resolve(user);
            try (DirectoryStream<Path> sessions = Files.newDirectoryStream(base, pid + "-*")) {
                sessions.forEach(found::add);
            } catch (NoSuchFileException e) {
                // Nobody of this user has a session there.
            } catch (IOException e) {
                throw new AssertionError("cannot list sessions: path=" + base, e);
            }
        }
        return found;
    }

    /** The files of this process's session that are not its root's own. */
    static List<String> ofOthersHere() {
        List<String> found = new ArrayList<>();
        for (Path directory : directoriesOf(ProcessHandle.current().pid())) {
            try (Stream<Path> files = Files.list(directory)) {
                files.filter(file -> !ROOTS_OWN.contains(file.getFileName().toString()))
                        .map(Path::toString)
                        .forEach(found::add);
            } catch (IOException e) {
                throw new AssertionError("cannot list a session: path=" + directory, e);
            }
        }
        return found;
    }

    /** What killed roots left stays until the next root starts; this one is that. */
    static void assertNextStartSweepsUp(Long... parents) throws IOException, InterruptedException {
        long pid;
        try (RootProgram next = RootProgram.start(ShortProgram.class)) {
            pid = next.pid();
            assertThat(next.awaitExit()).as(next.text()).isZero();
            assertThat(next.lines()).contains(ShortProgram.ANSWER + 42);
        }
        assertThat(directoriesOf(pid)).isEmpty();
        for (long parent : parents) {
            assertThat(directoriesOf(parent)).isEmpty();
        }
    }
}
