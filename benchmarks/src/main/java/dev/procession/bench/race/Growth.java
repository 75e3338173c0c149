package dev.procession.bench.race;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * How figures change with a size or a number: a comparison at each size.
 *
 * @param name its name in {@code ./bench NAME}
 * @param question the measurement, in a line
 * @param sizeLabel the name of the growing size
 * @param unit the unit of the figures
 * @param sizes the sizes, in rising order
 * @param comparisons makes the comparison at a size; all have the same rivals
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
     * The result at one size.
     *
     * @param size the size, or the number
     */
    public record Point(int size, ComparisonResult result) {}

    /** The results at all sizes, of which there is at least one. */
    public record Result(
            String name, String question, String sizeLabel, String unit, List<Point> points) {

        /** The rivals, of which the first is the baseline of all ratios. */
        public List<String> rivals() {
            return points.get(0).result().standings().stream().map(Standing::rival).toList();
        }
    }
}
