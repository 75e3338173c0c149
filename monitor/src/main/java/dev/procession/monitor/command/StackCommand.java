package dev.procession.monitor.command;

import dev.procession.core.snapshot.MachineSnapshot;
import dev.procession.monitor.look.Programs;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a process does now. */
@Command(
        name = "stack",
        description = {
            "Shows what a process does now: of a worker the stack of its task, of any other"
                    + " process of a program the stacks of all its threads."
        })
final class StackCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "PID", description = "The process, as ps and top show it.")
    private long pid;

    @Option(names = "--all", description = "Of a worker, show the stacks of all its threads, too.")
    private boolean all;

    @Option(names = "--json", description = "Write a JSON document: pid and stack.")
    private boolean json;

    /** The document of {@code --json}. */
    record Stack(long pid, String stack) {}

    @Override
    public Integer call() throws Exception {
        MachineSnapshot machine = Programs.look();
        String stack = stack(machine);
        spec.commandLine()
                .getOut()
                .println(json ? Json.of(new Stack(pid, stack)) : Words.safeLines(stack));
        return RootCommand.DONE;
    }

    private String stack(MachineSnapshot machine) throws IOException {
        Optional<Find.FoundWorker> worker = Find.worker(machine, pid);
        if (worker.isPresent() && !all) {
            Find.FoundWorker found = worker.get();
            return Programs.stack(
                    found.program().session(), found.pool().number(), found.worker().index());
        }
        Find.FoundMember found =
                Find.member(machine, pid).orElseThrow(() -> Find.noSuchProcess(machine, pid));
        try {
            return Programs.threads(found.program().session(), found.member().number());
        } catch (IOException e) {
            throw new IOException("The process " + pid + " cannot be asked: " + e.getMessage(), e);
        }
    }
}
