package dev.procession.system.program;

import dev.procession.core.WorkerCrashedException;
import dev.procession.pool.BrokenProcessPoolException;
import dev.procession.pool.MapOptions;
import dev.procession.pool.ProcessPoolExecutor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Maps in a storm, beside its tasks. Their threads exist beforehand. */
final class StormMaps implements AutoCloseable {

    private static final int THREADS = 3;
    private static final int MOST_ITEMS = 2000;
    private static final int MOST_SLOW_ITEMS = 100;
    private static final int ROUNDS = 100;

    /** A map, and what it gave until its end or its failure. */
    private static final class Running {
        private final StormKind kind;
        private final int items;
        private final int turn;
        private final MapOptions options;
        private final List<Long> results = new ArrayList<>();
        private @Nullable Throwable failure;

        Running(StormKind kind, Random random) {
            this.kind = kind;
            items =
                    1
                            + random.nextInt(
                                    kind == StormKind.MAP_OF_A_SLOW_SOURCE
                                            ? MOST_SLOW_ITEMS
                                            : MOST_ITEMS);
            turn = random.nextInt(items);
            MapOptions.Builder builder = MapOptions.builder();
            if (random.nextBoolean()) {
                builder.chunkSize(1 + random.nextInt(50));
            }
            if (random.nextBoolean()) {
                builder.buffer(1 + random.nextInt(20));
            }
            if (random.nextInt(3) == 0) {
                builder.unordered();
            }
            options = builder.build();
        }

        Running run(ProcessPoolExecutor pool) {
            int faulty = kind == StormKind.MAP_WITH_A_FAULT ? turn : -1;
            int wanted = kind == StormKind.MAP_CLOSED_EARLY ? turn : Integer.MAX_VALUE;
            Iterable<Integer> source = this::source;
            try (Stream<Long> stream = pool.map(item -> apply(item, faulty), source, options)) {
                for (Iterator<Long> each = stream.iterator();
                        results.size() < wanted && each.hasNext(); ) {
                    results.add(each.next());
                }
            } catch (Throwable e) { // judged by the main thread
                failure = e;
            }
            return this;
        }

        private Iterator<Integer> source() {
            return IntStream.range(0, items)
                    .peek(
                            item -> {
                                if (kind == StormKind.MAP_OF_A_SLOW_SOURCE) {
                                    sleep();
                                } else if (kind == StormKind.MAP_WHOSE_SOURCE_FAILS
                                        && item == turn) {
                                    throw new IllegalStateException(StormTasks.THROWN);
                                }
                            })
                    .iterator();
        }

        private static void sleep() {
            try {
                Thread.sleep(2);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private static long apply(int item, int faulty) {
            return item == faulty ? StormTasks.exit(StormTasks.STATUS) : Work.mix(item, ROUNDS);
        }

        void check(Set<Long> killed, boolean noThreads) {
            Throwable thrown = failure;
            if (thrown != null && !mayFailWith(thrown, killed, noThreads)) {
                throw new AssertionError("failed in a wrong way: " + this, thrown);
            }
            List<Long> right =
                    IntStream.range(0, items).mapToObj(item -> Work.mix(item, ROUNDS)).toList();
            int expected =
                    thrown != null
                            ? results.size()
                            : kind == StormKind.MAP_CLOSED_EARLY ? turn : items;
            boolean holds =
                    results.size() == expected
                            && (options.isUnordered()
                                    ? Set.copyOf(right).containsAll(results)
                                            && Set.copyOf(results).size() == results.size()
                                    : results.equals(right.subList(0, results.size())));
            boolean fails =
                    kind == StormKind.MAP_WITH_A_FAULT || kind == StormKind.MAP_WHOSE_SOURCE_FAILS;
            if (!holds || (fails && thrown == null)) {
                throw new AssertionError("wrong results: " + this + ", " + results);
            }
        }

        private boolean mayFailWith(Throwable thrown, Set<Long> killed, boolean noThreads) {
            if (thrown instanceof RejectedExecutionException) {
                return true; // there was no room for the first chunk
            }
            if (kind == StormKind.MAP_WHOSE_SOURCE_FAILS
                    && thrown instanceof IllegalStateException
                    && StormTasks.THROWN.equals(thrown.getMessage())) {
                return true;
            }
            Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
            if (cause instanceof WorkerCrashedException crash) {
                return noThreads
                        || killed.contains(crash.pid())
                        || (kind == StormKind.MAP_WITH_A_FAULT
                                && crash.exitCode() == StormTasks.STATUS);
            }
            return noThreads && cause instanceof BrokenProcessPoolException;
        }

        @Override
        public String toString() {
            return kind + ", items=" + items + ", turn=" + turn + ", options=" + options;
        }
    }

    private final ThreadPoolExecutor threads =
            (ThreadPoolExecutor) Executors.newFixedThreadPool(THREADS);
    private final List<Future<Running>> running = new ArrayList<>();

    StormMaps() {
        int unused = threads.prestartAllCoreThreads();
    }

    void start(ProcessPoolExecutor pool, StormKind kind, Random random) {
        Running map = new Running(kind, random);
        running.add(threads.submit(() -> map.run(pool)));
    }

    /** Waits for all maps, and checks what they gave. */
    void checkAll(int seconds, Set<Long> killed, boolean noThreads) throws Exception {
        for (Future<Running> each : running) {
            each.get(seconds, TimeUnit.SECONDS).check(killed, noThreads);
        }
        running.clear();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
