package dev.procession.monitor.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.procession.core.snapshot.MachineSnapshot;
import dev.procession.core.snapshot.PoolSnapshot;
import dev.procession.core.snapshot.ProgramSnapshot;
import dev.procession.core.snapshot.WorkerSnapshot;
import dev.procession.monitor.look.Programs;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists programs, pools and workers once. */
@Command(
        name = "ps",
        description = "Lists the programs, their pools and the workers.",
        mixinStandardHelpOptions = true)
final class PsCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(names = "--json", description = "Writes all that is known, as JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        MachineSnapshot machine = Programs.look();
        if (json) {
            out.println(new ObjectMapper().writeValueAsString(machine));
            return 0;
        }
        for (ProgramSnapshot program : machine.programs()) {
            out.printf("%-8d %s%n", program.pid(), program.command());
            for (PoolSnapshot pool : program.pools()) {
                out.printf(
                        "  %s: %d running, %d queued, %d failed%n",
                        pool.name(), pool.running(), pool.queued(), pool.failed());
                for (WorkerSnapshot worker : pool.workers()) {
                    out.printf("    %-8d %s %s%n", worker.pid(), worker.state(), worker.task());
                }
            }
        }
        return 0;
    }
}
