package dev.procession.bench;

import java.util.List;

/**
 * A group of rivals that do the same work.
 *
 * @param name what {@code ./bench NAME} calls it
 * @param question what is measured, in a line
 * @param unit the unit of all figures
 * @param lowerIsBetter whether a smaller figure wins
 * @param full the effort of a normal run
 * @param quick the effort of a quick one
 * @param rivals who takes part; ratios are given against the first
 */
record Comparison(
        String name,
        String question,
        String unit,
        boolean lowerIsBetter,
        Effort full,
        Effort quick,
        List<Rival> rivals) {}
