package dev.procession.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The descendants of this JVM, and the memory that they use. */
public final class ProcessTree {

    private static final String PROPORTIONAL = "Pss:";

    private ProcessTree() {}

    /** The processes that this JVM has started, and their descendants. */
    public static Set<Long> descendants() {
        return ProcessHandle.current()
                .descendants()
                .map(ProcessHandle::pid)
                .collect(Collectors.toCollection(HashSet::new));
    }

    /** This process and its descendants, without the given ones. */
    public static Set<Long> without(Set<Long> others) {
        Set<Long> pids = descendants();
        pids.add(ProcessHandle.current().pid());
        pids.removeAll(others);
        return pids;
    }

    /**
     * The memory of processes, with shared pages counted once; 0 where the system does not report
     * it.
     */
    public static long memoryBytes(Set<Long> pids) {
        long kibibytes = 0;
        for (long pid : pids) {
            kibibytes += proportionalKibibytes(pid);
        }
        return kibibytes << 10;
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
            return 0; // it has just ended, or there is no /proc
        }
    }
}
