package dev.procession.bench.report;

import dev.procession.bench.race.ComparisonResult;
import dev.procession.bench.race.Growth;
import dev.procession.bench.race.Standing;
import dev.procession.bench.statistics.Numbers;
import dev.procession.bench.statistics.Ratio;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A {@link Growth.Result} in Markdown: a line for each size, rivals side by side. */
final class GrowthTable {

    private final Growth.Result result;

    GrowthTable(Growth.Result result) {
        this.result = result;
    }

    List<String> lines() {
        List<String> rivals = result.rivals();
        List<String> head = new ArrayList<>(List.of(result.sizeLabel()));
        for (String rival : rivals) {
            head.add(rival + ", " + result.unit());
            head.add("min–max");
        }
        for (String rival : rivals.subList(1, rivals.size())) {
            head.add(rival + " / " + rivals.get(0));
            head.add("95 % of it");
        }
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add(
                String.format(
                        Locale.ROOT,
                        "**%s**: %s. Medians of %d rounds.",
                        result.name(),
                        result.question(),
                        result.points().get(0).result().effort().rounds()));
        lines.add("");
        lines.add(row(head));
        lines.add(row(head.stream().map(cell -> "---:").toList()));
        result.points().forEach(point -> lines.add(row(cells(point))));
        result.points().forEach(point -> addRemarks(point, lines));
        return lines;
    }

    private static List<String> cells(Growth.Point point) {
        ComparisonResult at = point.result();
        List<String> cells = new ArrayList<>();
        cells.add(String.format(Locale.ROOT, "%,d", point.size()));
        for (Standing standing : at.standings()) {
            cells.add(standing.states().shown());
            cells.add(Numbers.shown(standing.min()) + "–" + Numbers.shown(standing.max()));
        }
        String first = at.standings().get(0).rival();
        for (Standing standing : at.standings().subList(1, at.standings().size())) {
            Ratio ratio = at.ratio(standing.rival(), first, "");
            cells.add(ratio.states().shown());
            cells.add(ratio.interval().shown());
        }
        return cells;
    }

    private static void addRemarks(Growth.Point point, List<String> lines) {
        String size = String.format(Locale.ROOT, "%,d", point.size());
        for (Standing standing : point.result().standings()) {
            String why =
                    standing.skipped().isEmpty()
                            ? standing.failure()
                            : "skipped, " + standing.skipped();
            if (!why.isEmpty()) {
                lines.add("\nAt " + size + ", " + standing.rival() + ": " + why + ".");
            }
        }
        String others = point.result().surroundings().describeOthers();
        if (!others.isEmpty()) {
            lines.add("\nAt " + size + ": " + others);
        }
    }

    private static String row(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |";
    }
}
