package dev.procession.bench;

import dev.procession.bench.machine.Machine;
import dev.procession.bench.machine.QuietWait;
import dev.procession.bench.micro.Micro;
import dev.procession.bench.micro.MicroResult;
import dev.procession.bench.race.Bar.BarResult;
import dev.procession.bench.race.Comparison;
import dev.procession.bench.race.ComparisonResult;
import dev.procession.bench.race.Effort;
import dev.procession.bench.race.Growth;
import dev.procession.bench.race.Race;
import dev.procession.bench.report.Report;
import dev.procession.bench.report.Run;
import dev.procession.bench.statistics.Interval;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command line of {@code ./bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures Procession beside other libraries for the same job.",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:all was measured, and each bar holds if --bars was given",
            "1:a rival failed",
            "2:the command line is wrong",
            "3:a bar does not hold"
        })
public final class Bench implements Callable<Integer> {

    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int BELOW_BAR = 3;
    private static final Duration WARM_UP = Duration.ofSeconds(2);
    private static final int SEED_BOUND = 1_000_000;

    @Parameters(paramLabel = "NAME", description = "What to measure; everything by default.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--quick",
            description = "Fewer rounds, which decide nothing: all within five minutes.")
    private boolean quick;

    @Option(names = "--bars", description = "Compare with the limits, and fail beyond them.")
    private boolean bars;

    @Option(names = "--list", description = "List all measurements, and exit.")
    private boolean list;

    @Option(names = "--rounds", paramLabel = "N", description = "Another number of rounds.")
    private Optional<Integer> rounds = Optional.empty();

    @Option(names = "--no-pin", description = "Let the kernel place all processes.")
    private boolean noPin;

    @Option(names = "--seed", paramLabel = "N", description = "Repeat the orders of a run.")
    private Optional<Long> seed = Optional.empty();

    @Option(
            names = "--results",
            paramLabel = "DIRECTORY",
            defaultValue = "benchmarks/results",
            description = "Where table, JSON and plots go: ${DEFAULT-VALUE}.")
    private Path results = Path.of("benchmarks", "results");

    @Spec private CommandSpec spec;

    Bench() {}

    /**
     * Runs the command and exits with its status.
     *
     * @param args see {@code ./bench --help}
     */
    public static void main(String[] args) {
        // No archive is trained beside the measurements; a rival that needs one makes it first.
        System.setProperty("procession.archive", "off");
        CommandLine commandLine = new CommandLine(new Bench());
        commandLine.getCommandSpec().version(Machine.here().describe());
        System.exit(commandLine.execute(args));
    }

    @Override
    public Integer call() throws Exception {
        refuseConflicts();
        List<Comparison> comparisons = Catalogue.comparisons();
        if (list) {
            comparisons.forEach(c -> System.out.printf("%-12s %s%n", c.name(), c.question()));
            Growths.all().forEach(g -> System.out.printf("%-12s %s%n", g.name(), g.question()));
            System.out.printf("%-12s %s%n", Micro.NAME, Micro.QUESTION);
            return OK;
        }
        Set<String> chosen = chosen(comparisons);
        Run run =
                measure(
                        comparisons.stream().filter(c -> chosen.contains(c.name())).toList(),
                        Growths.all().stream().filter(g -> chosen.contains(g.name())).toList(),
                        chosen.contains(Micro.NAME));
        Path table = new Report(run).write(results);
        System.out.printf("%n%s%n%s, its .json and its plots%n", Files.readString(table), table);
        run.barResults().forEach(barResult -> System.out.println(barResult.describe()));
        if (run.hasFailures()) {
            return FAILED;
        }
        return run.holdsAllBars() ? OK : BELOW_BAR;
    }

    /** Bars are judged by full rounds only, and by enough of them for an interval. */
    private void refuseConflicts() {
        if (rounds.isPresent() && rounds.get() < 1) {
            throw refusal("--rounds must be at least 1: rounds=" + rounds.get());
        }
        if (bars && quick) {
            throw refusal("--bars needs full rounds, and --quick decides nothing: leave one out");
        }
        if (bars && rounds.isPresent() && rounds.get() < Interval.LEAST_VALUES) {
            throw refusal(
                    String.format(
                            Locale.ROOT,
                            "--bars needs an interval, and --rounds too few for one: rounds=%d,"
                                    + " least=%d",
                            rounds.get(),
                            Interval.LEAST_VALUES));
        }
    }

    private ParameterException refusal(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private Set<String> chosen(List<Comparison> comparisons) {
        List<String> all =
                Stream.of(
                                comparisons.stream().map(Comparison::name),
                                Growths.all().stream().map(Growth::name),
                                Stream.of(Micro.NAME))
                        .flatMap(each -> each)
                        .toList();
        for (String name : names) {
            if (!all.contains(name)) {
                throw refusal("there is no " + name + ", but: " + all);
            }
        }
        return new LinkedHashSet<>(names.isEmpty() ? all : names);
    }

    private Run measure(List<Comparison> comparisons, List<Growth> growths, boolean micro)
            throws Exception {
        String started = Run.now();
        Machine machine = Machine.here();
        long orders = seed.orElseGet(() -> ThreadLocalRandom.current().nextLong(SEED_BOUND));
        System.out.println(machine.describe());
        System.out.println("seed " + orders);
        if (quick) {
            System.out.println(Run.QUICK_NOTE);
        }
        Race race =
                new Race(
                        orders,
                        System.out,
                        QuietWait.of(System.out, quick ? Duration.ZERO : QuietWait.MOST_WAITING),
                        quick ? Duration.ZERO : WARM_UP,
                        !noPin);
        List<ComparisonResult> figures = race.run(comparisons, this::effort);
        List<BarResult> barResults = new ArrayList<>();
        for (ComparisonResult result : figures) {
            Catalogue.bars().stream()
                    .filter(bar -> bars && bar.comparison().equals(result.name()))
                    .forEach(bar -> barResults.add(bar.judge(result)));
        }
        List<Growth.Result> grown = new ArrayList<>();
        for (Growth growth : growths) {
            System.out.printf("%s: %s%n", growth.name(), growth.question());
            grown.add(growth.run(race, this::effort));
        }
        List<MicroResult> parts = List.of();
        if (micro) {
            System.out.println(Micro.NAME + ": " + Micro.QUESTION);
            parts = Micro.run(quick);
        }
        return new Run(started, machine, orders, quick, figures, grown, parts, barResults);
    }

    private Effort effort(Comparison comparison) {
        Effort effort = quick ? comparison.quick() : comparison.full();
        return rounds.map(effort::withRounds).orElse(effort);
    }
}
