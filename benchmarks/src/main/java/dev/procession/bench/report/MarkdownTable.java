package dev.procession.bench.report;

import dev.procession.bench.micro.MicroResult;
import dev.procession.bench.race.Bar.BarResult;
import dev.procession.bench.race.ComparisonResult;
import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Growth;
import dev.procession.bench.race.Standing;
import dev.procession.bench.statistics.Numbers;
import dev.procession.bench.statistics.Ratio;
import java.util.Locale;
import java.util.stream.Collectors;

/** A {@link Run} as Markdown that is readable as plain text. */
final class MarkdownTable {

    /** How many processors idle rivals may use without a remark. */
    private static final double MOST_IDLE_PROCESSORS = 0.05;

    private final Run run;
    private final StringBuilder text = new StringBuilder();

    MarkdownTable(Run run) {
        this.run = run;
    }

    String text() {
        text.setLength(0);
        text.append(run.machine().describe()).append('\n');
        line("%s, seed %d", run.started(), run.seed());
        if (run.quick()) {
            line("%s", Run.QUICK_NOTE);
        }
        run.comparisons().forEach(this::comparison);
        run.growth().forEach(this::growth);
        if (!run.micro().isEmpty()) {
            micro();
        }
        if (!run.barResults().isEmpty()) {
            barResults();
        }
        return text.toString();
    }

    private void comparison(ComparisonResult result) {
        line("");
        line(
                "**%s**: %s. In %s, %s is better; %d rounds of %s%,d.",
                result.name(),
                result.question(),
                result.unit(),
                result.lowerIsBetter() ? "lower" : "higher",
                result.effort().rounds(),
                result.effort().mostMillis() > 0 ? "at most " : "",
                result.effort().amount());
        line("");
        row(
                "rival",
                "version",
                "median",
                "min–max",
                "/ " + result.standings().get(0).rival(),
                "95 % of it",
                "by pass",
                "p90",
                "p99",
                "p99.9",
                "CPU µs each",
                "of it the server",
                "processors",
                "own processes MiB");
        row(
                "---", "---", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:",
                "---:", "---:", "---:", "---:");
        result.standings().forEach(standing -> standing(result, standing));
        if (!result.surroundings().describe().isEmpty()) {
            line("\n%s", result.surroundings().describe());
        }
        result.standings().forEach(this::remarks);
    }

    private void remarks(Standing standing) {
        if (!standing.skipped().isEmpty()) {
            line("\n%s was skipped: %s.", standing.rival(), standing.skipped());
        }
        double idle = standing.medianOf(Figure.IDLE_PROCESSORS);
        if (idle > MOST_IDLE_PROCESSORS) {
            line(
                    "\nWhile %s was measured, the idle rivals took %s processors.",
                    standing.rival(), Numbers.shown(idle));
        }
        double entryBytes = standing.medianOf(Figure.ENTRY_BYTES);
        if (!Double.isNaN(entryBytes)) {
            line(
                    "\nOf %s, an entry takes %s bytes of the server's heap.",
                    standing.rival(), Numbers.shown(entryBytes));
        }
        if (!standing.failure().isEmpty()) {
            line("\n%s failed: %s.", standing.rival(), standing.failure());
        }
    }

    private void standing(ComparisonResult result, Standing standing) {
        if (standing.figures().isEmpty()) {
            String why = standing.skipped().isEmpty() ? "failed" : "skipped";
            row(
                    standing.rival(),
                    standing.version(),
                    why,
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "");
            return;
        }
        Ratio ratio = result.ratio(standing.rival(), result.standings().get(0).rival(), "");
        row(
                standing.rival(),
                standing.version(),
                standing.states().shown(),
                Numbers.shown(standing.min()) + "–" + Numbers.shown(standing.max()),
                ratio.states().shown(),
                ratio.interval().shown(),
                byPass(result, standing.rival()),
                Numbers.shown(standing.medianOf("p90")),
                Numbers.shown(standing.medianOf("p99")),
                Numbers.shown(standing.medianOf("p99.9")),
                Numbers.shown(standing.medianOf(Figure.CPU)),
                Numbers.shown(standing.medianOf(Figure.SERVER_CPU)),
                Numbers.shown(standing.medianOf(Figure.PROCESSORS)),
                Numbers.shown(standing.medianOf(Figure.MEMORY)));
    }

    private static String byPass(ComparisonResult result, String rival) {
        return result.effort().passes() == 1
                ? "–"
                : result.ratiosByPass(rival).stream()
                        .map(Numbers::shown)
                        .collect(Collectors.joining("; "));
    }

    private void growth(Growth.Result result) {
        new GrowthTable(result).lines().forEach(line -> line("%s", line));
    }

    private void micro() {
        line("");
        line("**micro**: the parts alone, by JMH.");
        line("");
        row("benchmark", "score", "± 99.9 %", "unit");
        row("---", "---:", "---:", "---");
        for (MicroResult result : run.micro()) {
            row(
                    result.benchmark(),
                    Numbers.shown(result.score()),
                    Numbers.shown(result.error()),
                    result.unit());
        }
    }

    private void barResults() {
        line("");
        line("**Bars**");
        line("");
        row("comparison", "promise", "limit", "measured", "");
        row("---", "---", "---:", "---:", "---");
        for (BarResult barResult : run.barResults()) {
            row(
                    barResult.comparison(),
                    barResult.says(),
                    Numbers.shown(barResult.limit()),
                    barResult.shown(),
                    barResult.shownOutcome());
        }
    }

    private void row(String... cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private void line(String format, Object... arguments) {
        text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }
}
