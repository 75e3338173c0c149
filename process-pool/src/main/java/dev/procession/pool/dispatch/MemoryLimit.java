package dev.procession.pool.dispatch;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * How much memory this process and its children may have: the machine's, or the container's. Asked
 * on the way to a pool's first worker, so by what every JVM has loaded.
 */
public final class MemoryLimit {

    private static final String MACHINE = "/proc/meminfo";
    private static final String TOTAL = "MemTotal:";
    private static final String OWN_GROUPS = "/proc/self/cgroup";
    private static final String GROUPS = "/sys/fs/cgroup";
    private static final int KIB = 1024;

    private MemoryLimit() {}

    /** In bytes; {@link Long#MAX_VALUE} where nobody says it. */
    public static long bytes() {
        return Math.min(ofMachine(), ofGroups());
    }

    private static long ofMachine() {
        for (String line : lines(MACHINE)) {
            if (line.startsWith(TOTAL)) {
                return Long.parseLong(line.substring(TOTAL.length(), line.length() - 2).strip())
                        * KIB;
            }
        }
        return Long.MAX_VALUE;
    }

    /** The least that any control group above this process may have, of either version of those. */
    private static long ofGroups() {
        long least = Long.MAX_VALUE;
        for (String line : lines(OWN_GROUPS)) {
            String[] parts = line.split(":", 3); // number, controllers, path
            if (parts.length < 3 || !parts[2].startsWith("/")) {
                continue;
            }
            if (parts[1].isEmpty()) {
                least = Math.min(least, upwards(GROUPS, parts[2], "/memory.max"));
            } else if (("," + parts[1] + ",").contains(",memory,")) {
                String file = "/memory.limit_in_bytes";
                least = Math.min(least, upwards(GROUPS + "/memory", parts[2], file));
            }
        }
        return least;
    }

    /** In a container the path may be the host's, of which only the end is there. */
    private static long upwards(String root, String group, String file) {
        long least = Long.MAX_VALUE;
        String path = group;
        while (true) {
            for (String line : lines(root + path + file)) {
                if (!line.isEmpty() && Character.isDigit(line.charAt(0))) { // or it is "max"
                    least = Math.min(least, Long.parseLong(line.strip()));
                }
            }
            if (path.isEmpty()) {
                return least;
            }
            path = path.substring(0, path.lastIndexOf('/'));
        }
    }

    /** None if the file is not there: another system, or a container that hides it. */
    private static String[] lines(String path) {
        try (InputStream in = new FileInputStream(path)) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).split("\n", -1);
        } catch (IOException e) {
            return new String[0];
        }
    }
}
