package dev.procession.bench.report;

import dev.procession.bench.race.ComparisonResult;
import dev.procession.bench.race.Growth;
import dev.procession.bench.race.Standing;
import dev.procession.bench.statistics.Numbers;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;

/** An SVG for each comparison and each growth of a {@link Run}. */
final class Plots {

    private static final int WIDTH = 800;
    private static final int HEIGHT = 400;

    /** The factor from which a logarithmic scale shows more than a linear one. */
    private static final int WIDE = 100;

    private static final int LABEL_DEGREES = 20;

    private final Path directory;

    Plots(Path directory) {
        this.directory = directory;
    }

    void write(Run run) throws IOException {
        Files.createDirectories(directory);
        for (ComparisonResult result : run.comparisons()) {
            List<Standing> standings =
                    result.standings().stream().filter(s -> !s.figures().isEmpty()).toList();
            if (!standings.isEmpty()) {
                write(result.name(), bars(result, standings));
            }
        }
        for (Growth.Result result : run.growth()) {
            write(result.name(), line(result));
        }
    }

    /** The rivals' medians, on a logarithmic scale because they are often far apart. */
    private static CategoryChart bars(ComparisonResult result, List<Standing> standings) {
        CategoryChart chart =
                new CategoryChartBuilder()
                        .width(WIDTH)
                        .height(HEIGHT)
                        .title(result.name() + ", " + better(result) + " is better")
                        .yAxisTitle(result.unit())
                        .build();
        chart.getStyler().setYAxisLogarithmic(true);
        // Bars would begin at zero, which a logarithmic scale does not have.
        double least = standings.stream().mapToDouble(Standing::median).min().orElseThrow();
        chart.getStyler().setYAxisMin(Math.pow(10, Math.floor(Math.log10(least))));
        chart.getStyler().setLegendVisible(false);
        chart.getStyler().setXAxisLabelRotation(LABEL_DEGREES);
        chart.addSeries(
                "median",
                standings.stream().map(Standing::rival).toList(),
                standings.stream().map(Standing::median).toList());
        return chart;
    }

    private static String better(ComparisonResult result) {
        return result.lowerIsBetter() ? "lower" : "higher";
    }

    private static XYChart line(Growth.Result result) {
        XYChart chart =
                new XYChartBuilder()
                        .width(WIDTH)
                        .height(HEIGHT)
                        .title(result.name())
                        .xAxisTitle(result.sizeLabel())
                        .yAxisTitle(result.unit())
                        .build();
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setLegendVisible(result.rivals().size() > 1);
        double[] medians =
                result.points().stream()
                        .flatMap(point -> point.result().standings().stream())
                        .mapToDouble(Standing::median)
                        .filter(median -> median > 0)
                        .sorted()
                        .toArray();
        if (medians.length > 0 && medians[medians.length - 1] > WIDE * medians[0]) {
            chart.getStyler().setYAxisLogarithmic(true);
        } else {
            chart.getStyler().setYAxisMin(0.0);
        }
        result.rivals().forEach(rival -> addSeries(chart, rival, result.points()));
        return chart;
    }

    private static void addSeries(XYChart chart, String rival, List<Growth.Point> points) {
        List<Integer> sizes = new ArrayList<>();
        List<Double> medians = new ArrayList<>();
        for (Growth.Point point : points) {
            List<Double> figures = point.result().figures(rival, "");
            if (!figures.isEmpty()) {
                sizes.add(point.size());
                medians.add(Numbers.median(figures.stream().mapToDouble(figure -> figure)));
            }
        }
        if (!sizes.isEmpty()) {
            chart.addSeries(rival, sizes, medians);
        }
    }

    private void write(String name, Chart<?, ?> chart) throws IOException {
        try (OutputStream out = Files.newOutputStream(directory.resolve(name + ".svg"))) {
            VectorGraphicsEncoder.saveVectorGraphic(chart, out, VectorGraphicsFormat.SVG);
        }
    }
}
