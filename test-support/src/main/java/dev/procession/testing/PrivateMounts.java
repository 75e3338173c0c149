package dev.procession.testing;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs programs that see small file systems of their own in certain places. The mounts are in a
 * namespace of the program: no other process sees them, and the kernel removes them when it ends.
 */
public final class PrivateMounts {

    /** The start of a line that names a file that the program left in such a place. */
    public static final String LEFTOVER = "left behind: ";

    private static final List<List<String>> WAYS =
            List.of(
                    List.of("unshare", "-m", "--propagation", "private"),
                    List.of("unshare", "-r", "-m", "--propagation", "private"));

    private static final String NEEDS =
            "small file systems cannot be mounted: needs unshare(1) and the right to mount";

    /** A trial that takes longer hangs. */
    private static final int TRIAL_SECONDS = 60;

    /** True where mounting must work: {@code -Dprocession.mounts=required}. */
    private static final boolean REQUIRED =
            System.getProperty("procession.mounts", "").equals("required");

    private static final @Nullable List<String> WAY = findWay();

    private PrivateMounts() {}

    private static @Nullable List<String> findWay() {
        for (List<String> way : WAYS) {
            List<String> trial = new ArrayList<>(way);
            trial.addAll(List.of("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", "/dev/shm"));
            try {
                Process process = new ProcessBuilder(trial).start();
                if (process.waitFor(TRIAL_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0) {
                    return way;
                }
                process.destroyForcibly();
            } catch (IOException e) {
                return null; // there is no such command here
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            }
        }
        return null;
    }

    /**
     * Skips a test where this user may not mount in a namespace; fails it where that is required.
     */
    public static void assumePermitted() {
        if (!arePermitted()) {
            abort(NEEDS);
        }
    }

    /** Whether this user may mount in a namespace; fails the test where that is required. */
    public static boolean arePermitted() {
        assertFalse(WAY == null && REQUIRED, NEEDS);
        return WAY != null;
    }

    /** Returns the start of a command that may mount file systems for itself alone; a new list. */
    public static List<String> inNameSpace() {
        if (WAY == null) {
            throw new IllegalStateException("mounting is not permitted");
        }
        return new ArrayList<>(WAY);
    }

    /**
     * Returns a command that mounts file systems of these sizes, in KiB, in these places, runs the
     * given command, and lists the files that this left there.
     */
    public static List<String> around(Map<String, Integer> sizes, List<String> command) {
        List<String> whole = inNameSpace();
        String mounts =
                sizes.entrySet().stream()
                        .map(
                                e ->
                                        "mount -t tmpfs -o size="
                                                + e.getValue()
                                                + "k tmpfs "
                                                + e.getKey())
                        .collect(Collectors.joining(" && "));
        String places = String.join(" ", sizes.keySet());
        whole.add("sh");
        whole.add("-c");
        whole.add(
                mounts
                        + " || exit 99; \"$0\" \"$@\"; code=$?; find "
                        + places
                        + " -mindepth 1 | sed 's/^/"
                        + LEFTOVER
                        + "/'; exit $code");
        whole.addAll(command);
        return whole;
    }
}
