package dev.procession.pool.dispatch;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * How much memory this process and its children may have: that of the machine or of the container.
 * It uses only classes that every JVM has loaded, because the start of a pool waits for it.
 */
public final class MemoryLimit {

    private static final String MACHINE = "/proc/meminfo";
    private static final String TOTAL = "MemTotal:";
    private static final String OWN_GROUPS = "/proc/self/cgroup";
    private static final String GROUPS = "/sys/fs/cgroup";
    private static final int KIB = 1024;

    private MemoryLimit() {}

    /** Returns the limit in bytes; {@link Long#MAX_VALUE} if the system does not tell. */
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

    /** Returns the least limit of the control groups above this process, of version 1 or 2. */
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

    /** Goes up the path, because in a container it may be the host's and exist only in part. */
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

    /** Returns no lines if there is no file: on another system, or in a container. */
    private static String[] lines(String path) {
        try (InputStream in = new FileInputStream(path)) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).split("\n", -1);
        } catch (IOException e) {
            return new String[0];
        }
    }
}
