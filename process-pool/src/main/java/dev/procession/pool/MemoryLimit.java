package dev.procession.pool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How much memory this process and its children may have: the machine's, or the container's. */
final class MemoryLimit {

    private static final Path MACHINE = Path.of("/proc/meminfo");
    private static final Path OWN_GROUPS = Path.of("/proc/self/cgroup");
    private static final Path GROUPS = Path.of("/sys/fs/cgroup");
    private static final String TOTAL = "MemTotal:";
    private static final long KIB = 1024;

    private MemoryLimit() {}

    /** In bytes; {@link Long#MAX_VALUE} where nobody says it. */
    static long bytes() {
        return Math.min(ofMachine(), ofGroups());
    }

    private static long ofMachine() {
        for (String line : lines(MACHINE)) {
            if (line.startsWith(TOTAL)) {
                String number = line.substring(TOTAL.length()).replace("kB", "").strip();
                return Long.parseLong(number) * KIB;
            }
        }
        return Long.MAX_VALUE;
    }

    /** The least that any control group above this process may have, of either version of those. */
    private static long ofGroups() {
        long least = Long.MAX_VALUE;
        for (String line : lines(OWN_GROUPS)) {
            String[] parts = line.split(":", 3); // number, controllers, path
            if (parts.length == 3 && parts[1].isEmpty()) {
                least = Math.min(least, upwards(GROUPS, parts[2], "memory.max"));
            } else if (parts.length == 3 && List.of(parts[1].split(",")).contains("memory")) {
                Path root = GROUPS.resolve("memory");
                least = Math.min(least, upwards(root, parts[2], "memory.limit_in_bytes"));
            }
        }
        return least;
    }

    private static long upwards(Path root, String group, String file) {
        long least = Long.MAX_VALUE;
        Path directory = root.resolve(group.substring(1)).normalize();
        while (directory != null && directory.startsWith(root)) {
            for (String line : lines(directory.resolve(file))) {
                if (!line.equals("max")) {
                    least = Math.min(least, Long.parseLong(line.strip()));
                }
            }
            directory = directory.getParent();
        }
        return least;
    }

    /** None if the file is not there: another system, or a container that hides it. */
    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }
}
