package dev.procession.bench.race;

import java.util.List;
import java.util.function.Supplier;

/**
 * A group of rivals that do the same work.
 *
 * @param name its name in {@code ./bench NAME}
 * @param question the measurement, in a line
 * @param unit the unit of all figures
 * @param lowerIsBetter whether a smaller figure wins
 * @param full the effort of a normal run
 * @param quick the effort of a quick one
 * @param placement where the processes of the rivals run
 * @param lineUp makes new rivals for each pass; ratios are given against the first
 */
public record Comparison(
        String name,
        String question,
        String unit,
        boolean lowerIsBetter,
        Effort full,
        Effort quick,
        Placement placement,
        Supplier<List<Rival>> lineUp) {

    /** Where processes run. */
    enum Placement {
        /**
         * Each rival has exactly two working processes, which are pinned to different processors;
         * to pin more processes would mean to choose which of them share a processor.
         */
        APART,
        /** Where the kernel puts them. */
        FREE
    }

    /** A comparison of rivals that run where the kernel puts them. */
    public Comparison(
            String name,
            String question,
            String unit,
            boolean lowerIsBetter,
            Effort full,
            Effort quick,
            Supplier<List<Rival>> lineUp) {
        this(name, question, unit, lowerIsBetter, full, quick, Placement.FREE, lineUp);
    }

    /** The same with the two processes of each rival on different processors. */
    public Comparison pinnedApart() {
        return new Comparison(
                name, question, unit, lowerIsBetter, full, quick, Placement.APART, lineUp);
    }

    /** Makes new rivals, which were never open. */
    public List<Rival> rivals() {
        return lineUp.get();
    }
}
