package dev.procession.monitor.command;

import dev.procession.core.snapshot.MachineSnapshot;
import dev.procession.monitor.look.Programs;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows everything, again and again. */
@Command(
        name = "top",
        description = {
            "Shows what ps shows, live, with tasks per second, the processors' load, and for how"
                    + " long each task has been seen to run, the longest first.",
            "",
            "Keys: q quits; arrows, page up, page down, home and end scroll; t, c, m, d, p and i"
                    + " sort the workers of each pool by the time of their tasks, processor,"
                    + " memory, tasks done, pid and place. Where the output is no terminal it"
                    + " writes plain text."
        })
final class TopCommand implements Callable<Integer> {

    private static final double LEAST_DELAY = 0.1;

    @Spec private CommandSpec spec;

    @Option(
            names = {"-d", "--delay"},
            paramLabel = "SECONDS",
            defaultValue = "1",
            description = "The time from one look to the next (${DEFAULT-VALUE}).")
    private double delay;

    @Option(
            names = {"-n", "--count"},
            paramLabel = "COUNT",
            description = "End after so many looks; else it goes on until q or Ctrl-C.")
    private long count;

    @Option(names = "--json", description = "Write a JSON document for each look, in one line.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        if (!(delay >= LEAST_DELAY)) {
            throw new ParameterException(
                    spec.commandLine(), "SECONDS must be at least " + LEAST_DELAY + ": " + delay);
        }
        long delayNanos = (long) (delay * TimeUnit.SECONDS.toNanos(1));
        if (!json && Screen.isTerminal()) {
            try (Terminal terminal = terminal()) {
                if (!terminal.getType().startsWith(Terminal.TYPE_DUMB)) {
                    new TopScreen(terminal, delayNanos, count).run();
                    return RootCommand.DONE;
                }
            }
        }
        print(delayNanos);
        return RootCommand.DONE;
    }

    private static Terminal terminal() throws java.io.IOException {
        return TerminalBuilder.builder()
                .system(true)
                .dumb(true)
                .nativeSignals(true)
                .signalHandler(Terminal.SignalHandler.SIG_IGN)
                .build();
    }

    private void print(long delayNanos) throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        Changes changes = new Changes();
        int width = Screen.width();
        for (long look = 1; count == 0 || look <= count; look++) {
            MachineSnapshot machine = Programs.look();
            if (json) {
                out.println(Json.of(machine));
            } else {
                changes.next(machine);
                out.println(Summary.of(machine, changes));
                for (AttributedString line :
                        MachineView.lines(machine, width, changes, Order.TASK)) {
                    out.println(line.toString().stripTrailing());
                }
                out.println();
            }
            if (out.checkError()) {
                return; // the reader has gone
            }
            if (look != count) {
                TimeUnit.NANOSECONDS.sleep(delayNanos);
            }
        }
    }
}
