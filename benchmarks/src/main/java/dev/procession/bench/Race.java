package dev.procession.bench;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Runs comparisons: all rivals are opened and warmed up, then take turns for some rounds, each
 * round in another order, so that neither the machine's temper nor a fixed neighbour favours one.
 *
 * <p>A rival that is not installed is left out; one that fails is left out from there on.
 */
final class Race {

    private static final double NANOS_PER_MICRO = 1e3;
    private static final double BYTES_PER_MEBIBYTE = 1 << 20;

    private final Random random;
    private final PrintStream progress;
    private final long warmUpNanos;

    /**
     * A race.
     *
     * @param warmUp how long each rival is warmed up at least; compilers take their time, and a
     *     measurement of a warm JVM beside one that is still compiling says nothing about either
     */
    Race(long seed, PrintStream progress, Duration warmUp) {
        this.random = new Random(seed);
        this.progress = progress;
        this.warmUpNanos = warmUp.toNanos();
    }

    ComparisonResult run(Comparison comparison, Effort effort) throws InterruptedException {
        progress.printf("%s: %s%n", comparison.name(), comparison.question());
        List<Entrant> entrants = comparison.rivals().stream().map(Entrant::new).toList();
        try {
            for (Entrant entrant : entrants) {
                entrant.open(effort.warmUp(), warmUpNanos);
            }
            List<Entrant> order = new ArrayList<>(entrants);
            for (int round = 1; round <= effort.rounds(); round++) {
                Collections.shuffle(order, random);
                progress.printf("  round %d of %d:", round, effort.rounds());
                for (Entrant entrant : order) {
                    entrant.measure(effort.amount());
                    progress.print(entrant.latest());
                    progress.flush();
                }
                progress.println();
            }
        } finally {
            for (Entrant entrant : entrants) {
                entrant.close();
            }
        }
        return new ComparisonResult(
                comparison.name(),
                comparison.question(),
                comparison.unit(),
                comparison.lowerIsBetter(),
                effort,
                entrants.stream().map(Entrant::standing).toList());
    }

    /** A rival, what it has reached, and whether it still takes part. */
    private static final class Entrant {

        private final Rival rival;
        private final List<Figure> figures = new ArrayList<>();
        private Set<Long> processes = Set.of();
        private String version = "";
        private String skipped = "";
        private String failure = "";

        Entrant(Rival rival) {
            this.rival = rival;
        }

        void open(int warmUp, long nanos) throws InterruptedException {
            Set<Long> before = ProcessTree.descendants();
            try {
                rival.open();
                version = rival.version();
                long start = System.nanoTime();
                if (warmUp > 0) {
                    do {
                        rival.measure(warmUp);
                    } while (System.nanoTime() - start < nanos);
                }
                processes = ProcessTree.descendants();
                processes.removeAll(before);
            } catch (NotInstalledException e) {
                skipped = e.getMessage();
                System.err.println(rival.name() + " is skipped: " + skipped);
            } catch (Exception e) {
                fail(e);
            }
        }

        void measure(int amount) throws InterruptedException {
            if (!takesPart()) {
                return;
            }
            try {
                long cpuNanos = ProcessTree.cpuNanos();
                Figure figure = rival.measure(amount);
                cpuNanos = ProcessTree.cpuNanos() - cpuNanos;
                figures.add(
                        figure.with(Figure.CPU, cpuNanos / NANOS_PER_MICRO / amount)
                                .with(
                                        Figure.MEMORY,
                                        ProcessTree.memoryBytes(processes) / BYTES_PER_MEBIBYTE));
            } catch (Exception e) {
                fail(e);
            }
        }

        void close() {
            try {
                rival.close();
            } catch (Exception e) {
                if (takesPart()) {
                    failure = "closing: " + e;
                }
                e.printStackTrace();
            }
        }

        private void fail(Exception e) throws InterruptedException {
            if (e instanceof InterruptedException interruption) {
                throw interruption;
            }
            failure = e.toString();
            System.err.println(rival.name() + " failed:");
            e.printStackTrace();
        }

        private boolean takesPart() {
            return skipped.isEmpty() && failure.isEmpty();
        }

        String latest() {
            return takesPart()
                    ? "  "
                            + rival.name()
                            + " "
                            + Numbers.shown(figures.get(figures.size() - 1).value())
                    : "";
        }

        Standing standing() {
            return new Standing(rival.name(), version, List.copyOf(figures), skipped, failure);
        }
    }
}
