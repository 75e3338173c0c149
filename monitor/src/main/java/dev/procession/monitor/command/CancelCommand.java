package dev.procession.monitor.command;

import dev.procession.core.snapshot.MachineSnapshot;
import dev.procession.core.snapshot.PoolSnapshot;
import dev.procession.core.snapshot.ProgramSnapshot;
import dev.procession.monitor.look.Programs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Cancels a task. */
@Command(
        name = "cancel",
        description = {
            "Cancels a task. One that runs is interrupted; if that does not end it, its pool kills"
                    + " the worker after the pool's grace.",
            "",
            "If several tasks have the number or the name, none of them is cancelled: put the"
                    + " pool's name or number and a slash before it, or name the program."
        })
final class CancelCommand implements Callable<Integer> {

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final int MOST_NAMED = 10;

    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "TASK",
            description = "Its number or name, as ps shows it; or POOL/NUMBER, or POOL/NAME.")
    private String task = "";

    @Option(
            names = "--program",
            paramLabel = "PID",
            description = "Look only for tasks of the program with this process id.")
    private long program;

    @Option(names = "--all", description = "Cancel all tasks that have this number or name.")
    private boolean all;

    @Option(
            names = "--json",
            description = "Write a JSON document: a list of the tasks, each with cancelled.")
    private boolean json;

    /** An entry of the document of {@code --json}. */
    record Cancelled(
            long program, String pool, long task, @Nullable String name, boolean cancelled) {}

    @Override
    public Integer call() throws Exception {
        MachineSnapshot machine = Programs.look();
        List<Find.FoundTask> found = Find.tasks(machine, task, program);
        List<Cancelled> cancelled = new ArrayList<>();
        if (found.isEmpty()) {
            cancelled.addAll(cancelUnlisted(machine));
        }
        if (found.size() > 1 && !all) {
            throw new IllegalArgumentException(ambiguous(found));
        }
        for (Find.FoundTask one : found) {
            boolean done =
                    Programs.cancel(one.program().session(), one.pool().number(), one.task().id());
            cancelled.add(
                    new Cancelled(
                            one.program().pid(),
                            one.pool().name(),
                            one.task().id(),
                            one.task().name(),
                            done));
        }
        if (cancelled.isEmpty()) {
            throw new IllegalArgumentException(
                    "No pool has the task '" + Words.safe(task) + "' now.");
        }
        report(cancelled);
        return cancelled.stream().allMatch(Cancelled::cancelled)
                ? RootCommand.DONE
                : RootCommand.FAILED;
    }

    /**
     * A long list of tasks is told in part: a number may be that of another one. The pool must be
     * named then, because it is not known which pools have such a task.
     */
    private List<Cancelled> cancelUnlisted(MachineSnapshot machine) throws IOException {
        String number = task.substring(task.lastIndexOf('/') + 1);
        String pools = task.substring(0, Math.max(0, task.lastIndexOf('/')));
        if (!NUMBER.matcher(number).matches()) {
            return List.of();
        }
        long id = Long.parseLong(number);
        List<Cancelled> cancelled = new ArrayList<>();
        for (ProgramSnapshot one : machine.programs()) {
            for (PoolSnapshot pool : one.pools()) {
                boolean meant =
                        pools.equals(pool.name()) || pools.equals(Long.toString(pool.number()));
                if (meant
                        && pool.moreTasks() > 0
                        && (program == 0 || program == one.pid())
                        && (cancelled.isEmpty() || all)
                        && Programs.cancel(one.session(), pool.number(), id)) {
                    cancelled.add(new Cancelled(one.pid(), pool.name(), id, null, true));
                }
            }
        }
        return cancelled;
    }

    private String ambiguous(List<Find.FoundTask> found) {
        StringBuilder text = new StringBuilder();
        text.append(found.size()).append(" tasks are called '").append(Words.safe(task));
        text.append("'; none was cancelled:");
        for (Find.FoundTask one : found.subList(0, Math.min(MOST_NAMED, found.size()))) {
            text.append(System.lineSeparator()).append("  ").append(one.description());
        }
        if (found.size() > MOST_NAMED) {
            text.append(System.lineSeparator()).append("  ...");
        }
        text.append(System.lineSeparator());
        text.append("Name one as POOL/NUMBER, with --program if needed; or all with --all.");
        return text.toString();
    }

    private void report(List<Cancelled> cancelled) {
        if (json) {
            spec.commandLine().getOut().println(Json.of(cancelled));
            return;
        }
        for (Cancelled one : cancelled) {
            spec.commandLine()
                    .getOut()
                    .println(
                            (one.cancelled() ? "cancelled: " : "it had ended before: ")
                                    + "task "
                                    + one.task()
                                    + (one.name() == null ? "" : " " + Words.safe(one.name()))
                                    + " in pool "
                                    + Words.safe(one.pool())
                                    + " of program "
                                    + one.program());
        }
    }
}
