package dev.procession.samples;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * Runs the samples one after the other and prints whether all their checks hold.
 *
 * <p>Without arguments it runs them all; {@code --help} lists their names. A reader who knows
 * Python finds {@code ProcessPoolExecutor} and {@code as_completed} in {@link Fib}, and what
 * happens instead of {@code BrokenProcessPool} in {@link ClassCensus}.
 */
public final class Tour {

    private Tour() {}

    /**
     * Runs the samples. The exit status is 0 if all checks held, 1 if one did not or a sample
     * failed, 2 if the arguments were wrong.
     *
     * @param args the names of the samples, or none for all
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    private static CommandLine commandLine() {
        CommandSpec spec = CommandSpec.create().name("Tour");
        spec.usageMessage().description("Runs the samples of Procession.");
        spec.addOption(
                OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Shows this and exits.")
                        .build());
        spec.addPositional(
                PositionalParamSpec.builder()
                        .arity("0..*")
                        .type(Sample[].class)
                        .paramLabel("SAMPLE")
                        .description("which to run: ${COMPLETION-CANDIDATES}; all by default")
                        .build());
        return new CommandLine(spec)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionStrategy(Tour::execute);
    }

    private static int execute(ParseResult arguments) {
        Integer helped = CommandLine.executeHelpRequest(arguments);
        if (helped != null) {
            return helped;
        }
        Sample[] chosen = arguments.matchedPositionalValue(0, Sample.values());
        return run(Arrays.asList(chosen), System.out);
    }

    private static int run(List<Sample> samples, PrintStream out) {
        boolean allHold = true;
        for (Sample sample : samples) {
            out.printf("%n== %s%n%n", sample.heading());
            try {
                allHold &= sample.run(out);
            } catch (Exception failure) {
                failure.printStackTrace(out);
                allHold = false;
            }
        }
        out.printf("%n%s%n", allHold ? "tour: all checks hold" : "tour: A CHECK FAILED");
        return allHold ? 0 : 1;
    }
}
