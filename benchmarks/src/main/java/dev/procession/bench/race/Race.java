package dev.procession.bench.race;

import dev.procession.bench.machine.Pinning;
import dev.procession.bench.machine.QuietWait;
import dev.procession.bench.machine.Surroundings;
import dev.procession.bench.race.Comparison.Placement;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Runs comparisons: all rivals are opened and warmed up, then take turns for some rounds, each
 * round in another order, so that neither a state of the machine nor a fixed order favours one.
 * Short rounds are run in passes over all comparisons, so that a state of the machine that lasts
 * for minutes does not affect all rounds of one comparison.
 *
 * <p>The race omits a rival that is not installed, and one that fails from that point on.
 */
public final class Race {

    private static final int SHOWN_ROUNDS = 10;

    private final Random random;
    private final PrintStream progress;
    private final QuietWait quietWait;
    private final long warmUpNanos;
    private final boolean pins;

    /**
     * A race.
     *
     * @param quietWait the wait for a quiet machine
     * @param warmUp how long each rival is warmed up at least; compilation takes time, and a warm
     *     JVM cannot be compared with one that still compiles
     * @param pins whether processes are pinned where the comparison allows it
     */
    public Race(
            long seed, PrintStream progress, QuietWait quietWait, Duration warmUp, boolean pins) {
        this.random = new Random(seed);
        this.progress = progress;
        this.quietWait = quietWait;
        this.warmUpNanos = warmUp.toNanos();
        this.pins = pins;
    }

    /** Runs comparisons in as many passes over all of them as any of them has. */
    public List<ComparisonResult> run(
            List<Comparison> comparisons, Function<Comparison, Effort> efforts)
            throws InterruptedException {
        List<Row> rows =
                comparisons.stream().map(each -> new Row(each, efforts.apply(each))).toList();
        int passes = rows.stream().mapToInt(row -> row.effort.passes()).max().orElse(0);
        for (int pass = 0; pass < passes; pass++) {
            for (Row row : rows) {
                if (pass < row.effort.passes()) {
                    begin();
                    row.run(pass);
                }
            }
        }
        return rows.stream().map(Row::result).toList();
    }

    /** Begins a row: checks whether the machine is quiet, and waits. */
    void begin() throws InterruptedException {
        quietWait.beginComparison();
    }

    /** Runs a comparison that is a part of a row that has begun. */
    ComparisonResult runPart(Comparison comparison, Effort effort) throws InterruptedException {
        Row row = new Row(comparison, effort);
        for (int pass = 0; pass < effort.passes(); pass++) {
            row.run(pass);
        }
        return row.result();
    }

    /** A comparison and its state. */
    private final class Row {

        private final Comparison comparison;
        private final Effort effort;
        private final List<Entrant> entrants;
        private final List<Double> foreignShares = new ArrayList<>();
        private String placement = "";
        private double waitedSeconds;

        Row(Comparison comparison, Effort effort) {
            this.comparison = comparison;
            this.effort = effort;
            this.entrants = comparison.rivals().stream().map(Entrant::new).toList();
        }

        void run(int pass) throws InterruptedException {
            progress.printf("%s: %s", comparison.name(), comparison.question());
            progress.println(
                    effort.passes() == 1 ? "" : ", pass " + (pass + 1) + " of " + effort.passes());
            try {
                List<Rival> rivals = comparison.rivals();
                for (int i = 0; i < rivals.size(); i++) {
                    entrants.get(i).open(rivals.get(i), effort, warmUpNanos);
                }
                measure(effort.roundsBefore(pass), effort.roundsBefore(pass + 1));
            } finally {
                for (Entrant entrant : entrants) {
                    entrant.close();
                }
            }
            waitedSeconds += quietWait.waited().toMillis() / 1e3;
        }

        private void measure(int from, int to) throws InterruptedException {
            try (Pinning pinning = pin(comparison, entrants)) {
                placement = pinning.placement();
                List<Entrant> order = new ArrayList<>(entrants);
                for (int round = from + 1; round <= to; round++) {
                    Collections.shuffle(order, random);
                    quietWait.beginRound();
                    for (Entrant entrant : order) {
                        entrant.measure(others(entrants, entrant));
                    }
                    if (isShown(round, effort.rounds())) {
                        progress.printf("  round %d of %d:", round, effort.rounds());
                        order.forEach(entrant -> progress.print(entrant.latest()));
                        progress.println();
                    }
                    foreignShares.add(quietWait.endRound());
                }
            }
        }

        ComparisonResult result() {
            return new ComparisonResult(
                    comparison.name(),
                    comparison.question(),
                    comparison.unit(),
                    comparison.lowerIsBetter(),
                    effort,
                    Surroundings.of(foreignShares, waitedSeconds, placement),
                    entrants.stream().map(Entrant::standing).toList());
        }
    }

    private Pinning pin(Comparison comparison, List<Entrant> entrants) throws InterruptedException {
        if (comparison.placement() == Placement.FREE) {
            return Pinning.none("not each rival has exactly two processes at work");
        }
        if (!pins) {
            return Pinning.none("--no-pin was given");
        }
        return Pinning.apart(
                entrants.stream().filter(Entrant::takesPart).map(Entrant::processes).toList());
    }

    /** Whether the progress of a round is shown: about ten rounds are shown, and the last one. */
    private static boolean isShown(int round, int rounds) {
        return round == rounds || round % ((rounds + SHOWN_ROUNDS - 1) / SHOWN_ROUNDS) == 0;
    }

    /** The processes of all rivals but one. */
    private static Set<Long> others(List<Entrant> entrants, Entrant but) {
        return entrants.stream()
                .filter(entrant -> entrant != but)
                .flatMap(entrant -> entrant.processes().stream())
                .collect(Collectors.toSet());
    }
}
