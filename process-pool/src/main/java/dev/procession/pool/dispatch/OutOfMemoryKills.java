package dev.procession.pool.dispatch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads how many processes the kernel has killed because memory ran out: in this process's control
 * group of version 2, or else on the machine.
 */
final class OutOfMemoryKills {

    private static final Path GROUPS = Path.of("/proc/self/cgroup");
    private static final Path ROOT = Path.of("/sys/fs/cgroup");
    private static final Path MACHINE = Path.of("/proc/vmstat");
    private static final String WORD = "oom_kill ";

    private OutOfMemoryKills() {}

    /** Returns the count, of which only a change is meaningful; -1 if the kernel does not tell. */
    static long count() {
        try {
            long inGroup = inGroup();
            return inGroup >= 0 ? inGroup : read(MACHINE);
        } catch (IOException e) {
            return -1; // another system, or a container that hides it
        }
    }

    private static long inGroup() throws IOException {
        for (String line : Files.readAllLines(GROUPS)) {
            if (line.startsWith("0::/")) {
                Path events = ROOT.resolve(line.substring(4)).resolve("memory.events");
                return Files.isReadable(events) ? read(events) : -1;
            }
        }
        return -1;
    }

    private static long read(Path file) throws IOException {
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith(WORD)) {
                return Long.parseLong(line.substring(WORD.length()).trim());
            }
        }
        return -1;
    }
}
