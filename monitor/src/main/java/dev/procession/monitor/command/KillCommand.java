package dev.procession.monitor.command;

import dev.procession.core.snapshot.FailureSnapshot;
import dev.procession.core.snapshot.MachineSnapshot;
import dev.procession.core.snapshot.PoolSnapshot;
import dev.procession.core.snapshot.ProgramSnapshot;
import dev.procession.core.snapshot.TaskSnapshot;
import dev.procession.monitor.look.Kill;
import dev.procession.monitor.look.Programs;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Kills a process of a program. */
@Command(
        name = "kill",
        description = {
            "Kills a process of a program of this user at once (SIGKILL), without asking, and says"
                    + " what became of the task of a worker.",
            "",
            "A pool replaces a killed worker, and repeats the task if its retries allow it. Only"
                    + " processes that ps shows are killed."
        })
final class KillCommand implements Callable<Integer> {

    private static final long DEATH_SECONDS = 5;
    private static final long FATE_SECONDS = 5;
    private static final long POLL_MILLIS = 50;

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "PID", description = "The process, as ps and top show it.")
    private long pid;

    @Option(
            names = "--json",
            description = "Write a JSON document: pid, kind, task, and what became of it.")
    private boolean json;

    /** The document of {@code --json}. */
    record Killed(long pid, String kind, @Nullable Long task, @Nullable String name, String fate) {}

    @Override
    public Integer call() throws Exception {
        Optional<Kill> process = Kill.of(pid); // before the look, so that it is no later process
        MachineSnapshot machine = Programs.look();
        Optional<Find.FoundMember> member = Find.member(machine, pid);
        Optional<Find.FoundWorker> worker =
                Find.worker(machine, pid)
                        .filter(one -> process.filter(it -> it.isOf(one.program())).isPresent());
        if (process.isEmpty() || (worker.isEmpty() && member.isEmpty())) {
            throw Find.noSuchProcess(machine, pid);
        }
        kill(process.get());
        Optional<TaskSnapshot> task =
                worker.flatMap(found -> Running.of(found.pool(), found.worker()));
        String fate = "";
        if (task.isPresent()) {
            fate = fate(worker.orElseThrow(), task.get());
        }
        report(worker.isPresent() ? "worker" : kind(member.orElseThrow()), task.orElse(null), fate);
        return RootCommand.DONE;
    }

    private void kill(Kill process) throws IOException, InterruptedException {
        if (!process.send()) {
            throw new IOException(
                    "The process " + pid + " has ended, or cannot be killed by this user.");
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEATH_SECONDS);
        while (process.isAlive()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException(
                        "The process " + pid + " got the signal, and has not ended yet.");
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private static String kind(Find.FoundMember found) {
        if (found.member().pid() == found.program().pid()) {
            return "program";
        }
        return found.program().managers().stream()
                        .anyMatch(manager -> manager.pid() == found.member().pid())
                ? "manager"
                : "process";
    }

    /** Waits until the pool has noticed the death, and returns what became of the task. */
    private static String fate(Find.FoundWorker worker, TaskSnapshot task)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(FATE_SECONDS);
        while (System.nanoTime() - deadline < 0) {
            Optional<PoolSnapshot> pool = pool(Programs.look(), worker);
            if (pool.isEmpty()) {
                return "its pool has ended";
            }
            Optional<String> fate = fate(pool.get(), worker, task);
            if (fate.isPresent()) {
                return fate.get();
            }
            Thread.sleep(POLL_MILLIS);
        }
        return "its pool has not noticed yet";
    }

    private static Optional<PoolSnapshot> pool(MachineSnapshot machine, Find.FoundWorker worker) {
        return machine.programs().stream()
                .filter(program -> program.session().equals(worker.program().session()))
                .map(ProgramSnapshot::pools)
                .flatMap(pools -> pools.stream())
                .filter(pool -> pool.number() == worker.pool().number())
                .findFirst();
    }

    private static Optional<String> fate(
            PoolSnapshot pool, Find.FoundWorker worker, TaskSnapshot task) {
        for (TaskSnapshot one : pool.tasks()) {
            if (one.id() == task.id()) {
                if (one.attempt() > task.attempt()) {
                    return Optional.of("it is repeated, attempt " + one.attempt());
                }
                return Optional.empty(); // the pool has not noticed the death
            }
        }
        for (FailureSnapshot failure : pool.failures()) {
            if (failure.task() == task.id()) {
                return Optional.of("it failed: " + Words.safe(failure.exception()));
            }
        }
        boolean replaced =
                pool.workers().stream().noneMatch(one -> one.pid() == worker.worker().pid());
        return replaced ? Optional.of("it has ended") : Optional.empty();
    }

    private void report(String kind, @Nullable TaskSnapshot task, String fate) {
        Killed killed =
                task == null
                        ? new Killed(pid, kind, null, null, fate)
                        : new Killed(pid, kind, task.id(), task.name(), fate);
        spec.commandLine()
                .getOut()
                .println(
                        json
                                ? Json.of(killed)
                                : "killed: "
                                        + kind
                                        + " "
                                        + pid
                                        + (task == null
                                                ? (kind.equals("worker")
                                                        ? ", which had no task"
                                                        : "")
                                                : "; its task was "
                                                        + Running.name(task)
                                                        + ": "
                                                        + fate));
    }
}
