package dev.procession.testing;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What root processes have on disk: their directories in shared memory and the spare ones. */
public final class SessionFiles {

    /** What a root has as long as it lives. */
    private static final Set<String> ROOTS_OWN = Set.of("m1", "s1", "secret", "members");

    private static final Pattern QUEUE = Pattern.compile("q\\d+-\\d+(\\.(?!b).*)?");

    private SessionFiles() {}

    /** The directories of a root process, alive or dead. */
    public static List<Path> directoriesOf(long pid) {
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
    public static List<String> ofOthersHere() {
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

    /** The segments of queues of this process's session, with what belongs to them but bells. */
    public static List<Path> ofQueuesHere() {
        return ofOthersHere().stream()
                .map(Path::of)
                .filter(file -> QUEUE.matcher(file.getFileName().toString()).matches())
                .toList();
    }
}
