package dev.procession.bench;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Runs comparisons: all rivals are opened and warmed up, then take turns for some rounds, each
 * round in another order, so that neither the machine's temper nor a fixed neighbour favours one.
 *
 * <p>A rival that is not installed is left out; one that fails is left out from there on.
 */
final class Race {

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
                entrant.open(effort, warmUpNanos);
            }
            List<Entrant> order = new ArrayList<>(entrants);
            for (int round = 1; round <= effort.rounds(); round++) {
                Collections.shuffle(order, random);
                progress.printf("  round %d of %d:", round, effort.rounds());
                for (Entrant entrant : order) {
                    entrant.measure(effort, others(entrants, entrant));
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

    /** The processes of all rivals but one. */
    private static Set<Long> others(List<Entrant> entrants, Entrant but) {
        return entrants.stream()
                .filter(entrant -> entrant != but)
                .flatMap(entrant -> entrant.processes().stream())
                .collect(Collectors.toSet());
    }
}
