package dev.procession.testing;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The files of root processes: their directories in shared memory and the spare ones. */
public final class SessionFiles {

    /** The files that a root has as long as it lives. */
    private static final Set<String> ROOTS_OWN = Set.of("m1", "s1", "secret", "members");

    /** The lock of a directory of sessions; the names of sessions begin with a digit. */
    private static final String GUARD = "guard";

    private static final Pattern QUEUE = Pattern.compile("q\\d+-\\d+(\\.(?!b).*)?");

    private static final Pattern LIFE = Pattern.compile("m\\d+");

    private SessionFiles() {}

    /** The directories of a root process, alive or dead. */
    public static List<Path> directoriesOf(long pid) {
        List<Path> found = new ArrayList<>();
        Set<String> users = new HashSet<>();
        users.add(System.getProperty("user.name"));
        users.add(TestProgram.USER);
        for (String user : users) {
            for (Path base : basesOf(user)) {
                found.addAll(list(base, pid + "-*"));
            }
        }
        return found;
    }

    /** Deletes the life file of a process, as a cleaner of temporary files does. */
    public static void removeLifeFileOf(long pid) throws IOException {
        for (Path descriptor : list(Path.of("/proc", Long.toString(pid), "fd"), "*")) {
            try {
                Path file = Files.readSymbolicLink(descriptor);
                if (LIFE.matcher(file.getFileName().toString()).matches()) {
                    Files.deleteIfExists(file);
                }
            } catch (NoSuchFileException e) {
                // The descriptor is closed now.
            }
        }
    }

    /** The sessions of the programs that this process has started. */
    static List<Path> ofTestPrograms() {
        List<Path> found = new ArrayList<>();
        for (Path base : basesOf(TestProgram.USER)) {
            found.addAll(list(base, "[0-9]*"));
        }
        return found;
    }

    /** Removes the programs' directories of sessions that are empty. */
    static void removeEmptyBases() {
        for (Path base : basesOf(TestProgram.USER)) {
            try {
                if (list(base, "[0-9]*").isEmpty()) {
                    Files.deleteIfExists(base.resolve(GUARD));
                    Files.deleteIfExists(base);
                }
            } catch (IOException e) {
                System.err.println("cannot remove " + base + ": " + e);
            }
        }
    }

    /** The directories of sessions of a user, spare ones included. */
    private static List<Path> basesOf(String user) {
        List<Path> bases = new ArrayList<>();
        Set<String> places = new HashSet<>();
        places.add("/dev/shm");
        places.add(System.getProperty("java.io.tmpdir"));
        for (String place : places) {
            String name = "procession-" + user;
            bases.addAll(list(Path.of(place), name));
            bases.addAll(list(Path.of(place), name + "-*"));
        }
        return bases;
    }

    /** The content of a directory; empty if it does not exist, or is deleted meanwhile. */
    private static List<Path> list(Path directory, String glob) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, glob)) {
            entries.forEach(found::add);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of(); // this user has no session there
        } catch (DirectoryIteratorException e) {
            if (!(e.getCause() instanceof NoSuchFileException)) {
                throw new AssertionError("cannot list sessions: path=" + directory, e);
            }
        } catch (IOException e) {
            throw new AssertionError("cannot list sessions: path=" + directory, e);
        }
        return found;
    }

    /** The files of this process's session that are not its root's own. */
    public static List<String> ofOthersHere() {
        List<String> found = new ArrayList<>();
        for (Path directory : directoriesOf(ProcessHandle.current().pid())) {
            for (Path file : list(directory, "*")) {
                if (!ROOTS_OWN.contains(file.getFileName().toString())) {
                    found.add(file.toString());
                }
            }
        }
        return found;
    }

    /** The segments of queues of this process's session, with their other files except bells. */
    public static List<Path> ofQueuesHere() {
        return ofOthersHere().stream()
                .map(Path::of)
                .filter(file -> QUEUE.matcher(file.getFileName().toString()).matches())
                .toList();
    }
}
