package dev.procession.samples;

import dev.procession.core.Futures;
import dev.procession.core.SerializableCallable;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The work of {@link Fib} on one executor, of threads or of processes. */
final class FibRace {

    private static final int FIRST = 30;
    private static final int LAST = 39;

    /** Takes some tens of milliseconds, so that no worker gets all of these tasks. */
    private static final int WARM_UP_INDEX = 34;

    private static final int WARM_UP_TASKS_EACH = 5;
    private static final int WARM_UP_ROUNDS_MOST = 100;

    private final String name;
    private final ExecutorService executor;
    private final PrintStream out;
    private final List<Duration> times = new ArrayList<>();
    private boolean right = true;

    FibRace(String name, ExecutorService executor, PrintStream out) {
        this.name = name;
        this.executor = executor;
        this.out = out;
    }

    /** Submits equal tasks until every worker has done several of them and runs compiled code. */
    void warmUp(int workers) throws InterruptedException, ExecutionException {
        Map<String, Integer> doneBy = new HashMap<>();
        for (int round = 0; round < WARM_UP_ROUNDS_MOST; round++) {
            List<Future<FibNumber>> batch =
                    submit(IntStream.generate(() -> WARM_UP_INDEX), workers);
            for (Future<FibNumber> future : batch) {
                doneBy.merge(future.get().worker(), 1, Integer::sum);
            }
            long warm = doneBy.values().stream().filter(n -> n >= WARM_UP_TASKS_EACH).count();
            if (warm >= workers) {
                out.printf("%-9s warm: %s%n", name, doneBy.keySet());
                return;
            }
        }
        throw new IllegalStateException(
                "some workers never did " + WARM_UP_TASKS_EACH + " tasks, done=" + doneBy);
    }

    /** Computes all the numbers once, prints each when it completes, and records the time. */
    void run() throws InterruptedException, ExecutionException {
        out.printf("%-9s", name);
        long start = System.nanoTime();
        List<Future<FibNumber>> numbers =
                submit(IntStream.rangeClosed(FIRST, LAST), LAST - FIRST + 1);
        try (Stream<Future<FibNumber>> completed = Futures.asCompleted(numbers)) {
            Iterator<Future<FibNumber>> each = completed.iterator();
            while (each.hasNext()) {
                FibNumber number = each.next().get();
                right &= number.isRight();
                out.printf(" fib(%d)=%d", number.index(), number.value());
                out.flush();
            }
        }
        times.add(Duration.ofNanos(System.nanoTime() - start));
        out.println();
    }

    private List<Future<FibNumber>> submit(IntStream indexes, int count) {
        return indexes.limit(count)
                .mapToObj(
                        index ->
                                executor.submit(
                                        SerializableCallable.of(() -> FibNumber.compute(index))))
                .toList();
    }

    /** True if every number so far was right. */
    boolean isRight() {
        return right;
    }

    /** The median of the times, in seconds. */
    double medianSeconds() {
        Duration median = times.stream().sorted().toList().get(times.size() / 2);
        return median.toNanos() / 1e9;
    }
}
