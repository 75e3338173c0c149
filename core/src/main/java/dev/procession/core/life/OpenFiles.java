package dev.procession.core.life;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds out from {@code /proc} whether a process still has a removed file open. A cleaner of
 * temporary files removes names; it ends no process and drops no lock.
 *
 * <p>A search takes some microseconds for each descriptor of this user, so it is for the rare case.
 * Processes that this one cannot see, in another container, are not found.
 */
final class OpenFiles {

    private static final Path PROC = Path.of("/proc");

    /** The kernel adds this to the name of a removed file. */
    private static final String DELETED = " (deleted)";

    private OpenFiles() {}

    /** True if another process has a file open that had one of these names. */
    static boolean isOpen(Path first, Path second) throws IOException {
        List<String> ends = List.of(end(first), end(second));
        return isOpen(target -> target.endsWith(ends.get(0)) || target.endsWith(ends.get(1)));
    }

    /** True if another process has a file open that had such a name in this directory. */
    static boolean isAnyOpen(Path directory, Pattern name) throws IOException {
        Pattern end =
                Pattern.compile(
                        "/"
                                + Pattern.quote(directory.getFileName().toString())
                                + "/"
                                + name.pattern()
                                + Pattern.quote(DELETED)
                                + "$");
        return isOpen(target -> end.matcher(target).find());
    }

    private static boolean isOpen(Predicate<String> target) throws IOException {
        int user = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        String self = Long.toString(ProcStat.read().pid());
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (!process.getFileName().toString().equals(self)
                        && isUsers(process, user)
                        && hasOpen(process, target)) {
                    return true;
                }
            }
            return false;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /**
     * The end of the file's path: another mount may show the directory elsewhere, but its own name
     * is the same.
     */
    private static String end(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        return "/" + parent.getFileName() + "/" + file.getFileName() + DELETED;
    }

    private static boolean isUsers(Path process, int user) {
        try {
            return (int) Files.getAttribute(process, "unix:uid") == user;
        } catch (IOException e) {
            return false; // the process has ended
        }
    }

    /** Tries each thread: the first one may have ended, and the others share its descriptors. */
    private static boolean hasOpen(Path process, Predicate<String> target) throws IOException {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(process.resolve("task"))) {
            for (Path thread : threads) {
                Boolean found = find(thread.resolve("fd"), target);
                if (found != null) {
                    return found;
                }
            }
            return false;
        } catch (DirectoryIteratorException | NoSuchFileException e) {
            return false; // the process has ended
        }
    }

    /** Null if no descriptors can be seen. */
    private static @Nullable Boolean find(Path descriptors, Predicate<String> target)
            throws IOException {
        boolean any = false;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(descriptors)) {
            for (Path file : files) {
                any = true;
                if (isNamed(file, target)) {
                    return true;
                }
            }
            return any ? Boolean.FALSE : null;
        } catch (NoSuchFileException | AccessDeniedException | DirectoryIteratorException e) {
            return null; // the thread has ended, or this process may not see its descriptors
        }
    }

    /**
     * True if the file had such a name and has no name now. A life file is opened by its draft's
     * name, which is always removed. A file that still has a name, in another directory of the same
     * name, say, is not the missing one.
     */
    private static boolean isNamed(Path descriptor, Predicate<String> target) throws IOException {
        try {
            return target.test(Files.readSymbolicLink(descriptor).toString())
                    && (int) Files.getAttribute(descriptor, "unix:nlink") == 0;
        } catch (NoSuchFileException | NotLinkException | AccessDeniedException e) {
            return false; // the descriptor was closed meanwhile
        }
    }
}
