package dev.procession.monitor.command;

import dev.procession.core.snapshot.MachineSnapshot;
import dev.procession.monitor.look.Programs;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jline.utils.AttributedString;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists everything once. */
@Command(
        name = "ps",
        description = {
            "Lists the programs of this user: their pools, workers and running tasks, queues,"
                    + " managers and other processes, and what dead programs have left.",
            "",
            "A task's age counts from its submission. CPU is processor time. HEAP is what a"
                    + " worker needed of its heap after its last task."
        })
final class PsCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(names = "--json", description = "Write all that is known as one JSON document.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        MachineSnapshot machine = Programs.look();
        if (json) {
            out.println(Json.of(machine));
            return RootCommand.DONE;
        }
        for (AttributedString line :
                MachineView.lines(machine, Screen.width(), null, Order.INDEX)) {
            out.println(Screen.text(line));
        }
        return RootCommand.DONE;
    }
}
