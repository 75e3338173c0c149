package dev.procession.bench.machine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The two processes of a rival that work with each other, and the processes that belong to each.
 *
 * <p>They follow from which process started which. One process that this JVM has started works with
 * this JVM; if it has children, as a script of Python does, it works with these and this JVM waits.
 * Two that this JVM has started work with each other.
 *
 * @param first the processes beside this JVM, in the order of their pids
 * @param second the processes on the other side
 */
record Sides(List<Long> first, List<Long> second) {

    /** The sides of some processes, from their parents. */
    static Sides of(Map<Long, Long> parents) {
        List<Long> started = new ArrayList<>();
        Map<Long, Long> starters = new HashMap<>();
        for (long pid : new TreeSet<>(parents.keySet())) {
            long starter = starter(pid, parents);
            starters.put(pid, starter);
            if (starter == pid) {
                started.add(pid);
            }
        }
        List<Long> first = new ArrayList<>();
        List<Long> second = new ArrayList<>();
        boolean isScript = started.size() == 1 && parents.size() > 1;
        for (long pid : new TreeSet<>(parents.keySet())) {
            boolean isFirst =
                    isScript
                            ? started.contains(pid)
                            : started.size() > 1 && started.indexOf(starters.get(pid)) % 2 == 0;
            (isFirst ? first : second).add(pid);
        }
        return new Sides(first, second);
    }

    /** The child of this JVM from which a process descends. */
    private static long starter(long pid, Map<Long, Long> parents) {
        long starter = pid;
        while (parents.containsKey(parents.get(starter))) {
            starter = parents.get(starter);
        }
        return starter;
    }

    /** The sides of running processes; one that has ended has none. */
    static Sides ofRunning(Set<Long> pids) {
        Map<Long, Long> parents = new HashMap<>();
        for (long pid : pids) {
            ProcessHandle.of(pid)
                    .flatMap(ProcessHandle::parent)
                    .ifPresent(parent -> parents.put(pid, parent.pid()));
        }
        return of(parents);
    }
}
