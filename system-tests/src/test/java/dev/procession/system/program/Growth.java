package dev.procession.system.program;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Whether what a process uses grows, by measurements at equal distances.
 *
 * <p>What grows for ever has a larger median in the last quarter of the time than in the second
 * one; what goes up and down has not, nor what grows at first only. A leak is seen when it is more
 * than the tolerance in half of the time.
 */
final class Growth {

    /**
     * A kind of use.
     *
     * @param tolerance the most that its medians may differ by
     */
    private record Kind(String name, ToLongFunction<Usage> of, long tolerance) {}

    /**
     * Memory: what the JVM's compilers take and give back. Numbers: the workers that there are at
     * an instant, two or none, each with some of these.
     */
    private static final List<Kind> KINDS =
            List.of(
                    new Kind("resident KiB", Usage::residentKib, 6 << 10),
                    new Kind("heap KiB", Usage::heapKib, 2 << 10),
                    new Kind("mappings", Usage::mappings, 12),
                    new Kind("descriptors", Usage::descriptors, 10),
                    new Kind("threads", Usage::threads, 6),
                    new Kind("files", Usage::files, 6),
                    new Kind("KiB in files", Usage::fileKib, 8 << 10));

    private final List<Usage> usages = new ArrayList<>();

    synchronized void measure() {
        usages.add(Usage.now());
    }

    /** Returns the names of what grew by more than it may; none if nothing did. */
    synchronized List<String> leaks() {
        return KINDS.stream()
                .filter(kind -> median(kind, 3) - median(kind, 1) > kind.tolerance)
                .map(Kind::name)
                .toList();
    }

    private long median(Kind kind, int quarter) {
        int size = usages.size();
        List<Long> sorted =
                usages.subList(size * quarter / 4, size * (quarter + 1) / 4).stream()
                        .map(kind.of::applyAsLong)
                        .sorted()
                        .toList();
        return sorted.get(sorted.size() / 2);
    }

    /** The medians of the second and the last quarter. */
    @Override
    public synchronized String toString() {
        StringBuilder text = new StringBuilder("measurements=" + usages.size());
        for (Kind kind : KINDS) {
            text.append(", ").append(kind.name).append(": ").append(median(kind, 1));
            text.append(" to ").append(median(kind, 3));
        }
        return text.toString();
    }
}
