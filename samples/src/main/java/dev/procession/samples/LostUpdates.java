package dev.procession.samples;

import dev.procession.core.ChildProcess;
import dev.procession.manager.Manager;
import dev.procession.manager.Merge;
import dev.procession.manager.SharedDict;
import dev.procession.manager.SharedLock;
import java.io.PrintStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;

/**
 * The lost update, and three cures. Each method of a shared dict is atomic, but a sequence of two
 * is not: between {@code get} and {@code put} another process can count as well, and one of the two
 * counts is lost. A lock around both helps; {@code merge} and {@code compute} need none.
 */
public final class LostUpdates {

    private static final int PROCESSES = 2;
    private static final int TIMES = 2000;

    private LostUpdates() {}

    /** A way to add one to an entry. */
    private enum Way {
        GET_THEN_PUT {
            @Override
            void addOne(SharedDict<String, Integer> counts, SharedLock lock) {
                counts.put(name(), counts.getOrDefault(name(), 0) + 1);
            }
        },
        UNDER_A_LOCK {
            @Override
            void addOne(SharedDict<String, Integer> counts, SharedLock lock) {
                lock.lock();
                try {
                    counts.put(name(), counts.getOrDefault(name(), 0) + 1);
                } finally {
                    lock.unlock();
                }
            }
        },
        BY_MERGE {
            @Override
            void addOne(SharedDict<String, Integer> counts, SharedLock lock) {
                counts.merge(name(), 1, Merge.sum());
            }
        },
        BY_COMPUTE {
            @Override
            void addOne(SharedDict<String, Integer> counts, SharedLock lock) {
                counts.compute(name(), (way, count) -> count == null ? 1 : count + 1);
            }
        };

        abstract void addOne(SharedDict<String, Integer> counts, SharedLock lock);
    }

    /** The body of a child; it captures all its fields. */
    private record Counting(SharedDict<String, Integer> counts, SharedLock lock)
            implements Serializable {

        private static final long serialVersionUID = 1L;

        void count() {
            for (int time = 0; time < TIMES; time++) {
                for (Way way : Way.values()) {
                    way.addOne(counts, lock);
                }
            }
        }
    }

    /**
     * Runs the sample. The exit status is 0 if no cure has lost an update.
     *
     * @param args ignored
     * @throws Exception if a child failed
     */
    public static void main(String[] args) throws Exception {
        System.exit(run(System.out) ? 0 : 1);
    }

    static boolean run(PrintStream out) throws ExecutionException, InterruptedException {
        try (Manager manager = Manager.start()) {
            Counting counting = new Counting(manager.dict("counts"), manager.rlock("counts"));
            List<ChildProcess<Void>> children = new ArrayList<>();
            for (int child = 0; child < PROCESSES; child++) {
                children.add(ChildProcess.start(counting::count));
            }
            for (ChildProcess<Void> child : children) {
                Void unused = child.result();
            }
            return report(counting.counts(), out);
        }
    }

    private static boolean report(Map<String, Integer> counts, PrintStream out) {
        int all = PROCESSES * TIMES;
        boolean right = true;
        for (Map.Entry<String, Integer> entry : new TreeMap<>(counts).entrySet()) {
            int lost = all - entry.getValue();
            out.printf("%-13s counted %d of %d%n", entry.getKey(), entry.getValue(), all);
            right &= lost == 0 || entry.getKey().equals(Way.GET_THEN_PUT.name());
        }
        out.println(right ? "lost updates: the cures lost none" : "lost updates: A CURE FAILED");
        return right;
    }
}
