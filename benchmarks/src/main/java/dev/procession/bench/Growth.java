package dev.procession.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * How a figure of Procession changes with a size or a number.
 *
 * @param name what {@code ./bench NAME} calls it
 * @param question what is measured, in a line
 * @param sizeLabel what grows
 * @param unit the unit of the figures
 * @param sizes what is measured at, rising
 * @param measured how it is measured
 */
record Growth(
        String name,
        String question,
        String sizeLabel,
        String unit,
        List<Integer> sizes,
        Measured measured) {

    /** Warms up and measures at one size. */
    @FunctionalInterface
    interface Measured {
        double at(int size) throws Exception;
    }

    Result run(int rounds, PrintStream progress) throws Exception {
        progress.printf("%s: %s%n", name, question);
        List<Point> points = new ArrayList<>();
        for (int size : sizes) {
            List<Double> figures = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                figures.add(measured.at(size));
            }
            Point point = Point.of(size, figures);
            points.add(point);
            progress.printf("  %,d: %s%n", size, Numbers.shown(point.median()));
        }
        return new Result(name, question, sizeLabel, unit, rounds, points);
    }

    /**
     * What was found at one size.
     *
     * @param size how much or how many
     */
    record Point(int size, double median, double min, double max) {

        static Point of(int size, List<Double> figures) {
            return new Point(
                    size,
                    Numbers.median(figures.stream().mapToDouble(Double::doubleValue)),
                    figures.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN),
                    figures.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN));
        }
    }

    /** What was found at all sizes. */
    record Result(
            String name,
            String question,
            String sizeLabel,
            String unit,
            int rounds,
            List<Point> points) {}
}
