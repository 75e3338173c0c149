package dev.procession.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** What this JVM and the processes below it take of the machine, as the kernel counts it. */
final class ProcessTree {

    /** {@code USER_HZ}, which Linux shows as 100 wherever it runs. */
    private static final long TICKS_PER_SECOND = 100;

    private static final int USER_TIME = 11;
    private static final int TIMES = 4;
    private static final String PROPORTIONAL = "Pss:";

    private ProcessTree() {}

    /**
     * The processor time that the tree has had, by users' code and in the kernel, children that
     * have ended included; 0 where the system does not tell.
     */
    static long cpuNanos() {
        long ticks = ticks(ProcessHandle.current().pid());
        for (long pid : descendants()) {
            ticks += ticks(pid);
        }
        return ticks * (TimeUnit.SECONDS.toNanos(1) / TICKS_PER_SECOND);
    }

    /** The processes that this one has started, and those that they have. */
    static Set<Long> descendants() {
        return ProcessHandle.current()
                .descendants()
                .map(ProcessHandle::pid)
                .collect(Collectors.toCollection(HashSet::new));
    }

    /** The memory of processes, what they share counted once; 0 where the system does not tell. */
    static long memoryBytes(Set<Long> pids) {
        long kibibytes = 0;
        for (long pid : pids) {
            kibibytes += proportionalKibibytes(pid);
        }
        return kibibytes << 10;
    }

    /** The times of a process and of the children it has waited for. */
    private static long ticks(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // The name, in brackets, may hold anything; what follows are words.
            String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            long sum = 0;
            for (int i = 0; i < TIMES; i++) {
                sum += Long.parseLong(words[USER_TIME + i]);
            }
            return sum;
        } catch (IOException e) {
            return 0; // it has just ended, or there is no /proc
        }
    }

    private static long proportionalKibibytes(long pid) {
        Path file = Path.of("/proc", Long.toString(pid), "smaps_rollup");
        try {
            List<String> lines = Files.readAllLines(file);
            return lines.stream()
                    .filter(line -> line.startsWith(PROPORTIONAL))
                    .map(line -> line.substring(PROPORTIONAL.length()).replace("kB", "").strip())
                    .mapToLong(Long::parseLong)
                    .sum();
        } catch (IOException e) {
            return 0; // as above
        }
    }
}
