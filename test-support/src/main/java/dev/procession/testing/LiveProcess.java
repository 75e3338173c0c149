package dev.procession.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One process in {@code /proc}. Its start time distinguishes it from a later one with the same pid.
 *
 * @param pid its process id
 * @param startTicks when it started
 * @param commandLine its arguments, for the message
 */
public record LiveProcess(long pid, long startTicks, String commandLine) {

    private static final Path PROC = Path.of("/proc");
    private static final int STATE = 0;
    private static final int START_TICKS = 19;

    /** Returns a process, which must live. */
    public static LiveProcess of(long pid) {
        return find(pid)
                .orElseThrow(() -> new AssertionError("this process should be alive: pid=" + pid));
    }

    /** Returns a process of any user if it lives now. */
    static Optional<LiveProcess> find(long pid) {
        try {
            String commandLine = read(PROC.resolve(pid + "/cmdline"));
            String[] stat = stat(pid);
            return isRunning(stat)
                    ? Optional.of(
                            new LiveProcess(pid, Long.parseLong(stat[START_TICKS]), commandLine))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // the process has ended
        }
    }

    /**
     * The processes whose command line or environment, as one text, matches; those that have ended
     * and wait for their parent to notice are not among them.
     */
    public static List<LiveProcess> matching(Predicate<String> text) {
        List<LiveProcess> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path entry : entries) {
                addIfAlive(Long.parseLong(entry.getFileName().toString()), found, text);
            }
        } catch (IOException e) {
            throw new AssertionError("cannot list processes", e);
        }
        return found;
    }

    private static void addIfAlive(long pid, List<LiveProcess> to, Predicate<String> text) {
        try {
            Path directory = PROC.resolve(Long.toString(pid));
            String commandLine = read(directory.resolve("cmdline"));
            if (text.test(commandLine + read(directory.resolve("environ")))) {
                find(pid).ifPresent(to::add);
            }
        } catch (IOException e) {
            // The process has ended, or is another user's.
        }
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).replace('\0', ' ');
    }

    /** The fields after the name, which may itself contain spaces. */
    private static String[] stat(long pid) throws IOException {
        return stat(Long.toString(pid));
    }

    private static String[] stat(String processOrThread) throws IOException {
        String text = read(PROC.resolve(processOrThread + "/stat"));
        return text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
    }

    private static boolean isRunning(String[] stat) {
        return !stat[STATE].equals("Z") && !stat[STATE].equals("X");
    }

    /** True if there is a process of this id that has not ended. */
    static boolean isAlive(long pid) {
        try {
            return isRunning(stat(pid));
        } catch (IOException e) {
            return false;
        }
    }

    /** True if all threads of the process are stopped, or it has ended. */
    static boolean isStopped(long pid) {
        try (DirectoryStream<Path> threads =
                Files.newDirectoryStream(PROC.resolve(pid + "/task"))) {
            for (Path thread : threads) {
                String[] stat = stat(pid + "/task/" + thread.getFileName());
                if (isRunning(stat) && !stat[STATE].equals("T")) {
                    return false;
                }
            }
            return true;
        } catch (IOException | DirectoryIteratorException e) {
            return !isAlive(pid); // else a thread has just ended
        }
    }

    /** False also for a process that has ended and is not reaped yet. */
    public boolean isAlive() {
        try {
            String[] stat = stat(pid);
            return isRunning(stat) && Long.parseLong(stat[START_TICKS]) == startTicks;
        } catch (IOException e) {
            return false;
        }
    }
}
