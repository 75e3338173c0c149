package dev.procession.bench.race;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * How figures change with a size or a number: a comparison at each size.
 *
 * @param name what {@code ./bench NAME} calls it
 * @param question what is measured, in a line
 * @param sizeLabel what grows
 * @param unit the unit of the figures
 * @param sizes what is measured at, rising
 * @param comparisons what is measured at a size; all have the same rivals
 */
public record Growth(
        String name,
        String question,
        String sizeLabel,
        String unit,
        List<Integer> sizes,
        IntFunction<Comparison> comparisons) {

    /**
     * Measures at all sizes.
     *
     * @param efforts how long a comparison takes
     */
    public Result run(Race race, Function<Comparison, Effort> efforts) throws InterruptedException {
        race.begin();
        List<Point> points = new ArrayList<>();
        for (int size : sizes) {
            Comparison comparison = comparisons.apply(size);
            points.add(new Point(size, race.runPart(comparison, efforts.apply(comparison))));
        }
        return new Result(name, question, sizeLabel, unit, points);
    }

    /**
     * What was found at one size.
     *
     * @param size how much or how many
     */
    public record Point(int size, ComparisonResult result) {}

    /** What was found at all sizes, of which there is one at least. */
    public record Result(
            String name, String question, String sizeLabel, String unit, List<Point> points) {

        /** The rivals, of which the first one is what ratios are given against. */
        public List<String> rivals() {
            return points.get(0).result().standings().stream().map(Standing::rival).toList();
        }
    }
}
