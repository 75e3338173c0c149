package dev.procession.bench.micro;

import java.util.List;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the JMH benchmarks of this module, each in JVMs of its own. */
public final class Micro {

    public static final String NAME = "micro";
    public static final String QUESTION = "the codec and the one-writer ring alone, by JMH";

    private Micro() {}

    public static List<MicroResult> run(boolean quick) throws RunnerException {
        ChainedOptionsBuilder options =
                new OptionsBuilder()
                        .include(
                                Micro.class.getPackageName().replace(".", "\\.") + "\\..*Benchmark")
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true);
        if (quick) {
            options.forks(1)
                    .warmupIterations(2)
                    .warmupTime(TimeValue.seconds(1))
                    .measurementIterations(3)
                    .measurementTime(TimeValue.seconds(1));
        }
        return new Runner(options.build())
                .run().stream()
                        .map(
                                result -> {
                                    String name = result.getParams().getBenchmark();
                                    Result<?> score = result.getPrimaryResult();
                                    return new MicroResult(
                                            name.substring(
                                                    Micro.class.getPackageName().length() + 1),
                                            score.getScore(),
                                            score.getScoreError(),
                                            score.getScoreUnit());
                                })
                        .toList();
    }
}
