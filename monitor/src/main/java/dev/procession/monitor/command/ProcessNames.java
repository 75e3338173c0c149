package dev.procession.monitor.command;

import dev.procession.core.snapshot.MachineSnapshot;
import dev.procession.core.snapshot.PoolSnapshot;
import dev.procession.core.snapshot.ProgramSnapshot;
import dev.procession.core.snapshot.WorkerSnapshot;
import java.util.HashMap;
import java.util.Map;

/** What the processes of a snapshot are: programs, workers with their tasks, or others. */
final class ProcessNames {

    private final Map<Long, String> names = new HashMap<>();

    ProcessNames(MachineSnapshot machine) {
        for (ProgramSnapshot program : machine.programs()) {
            String name = name(program);
            for (ProgramSnapshot.Member member : program.members()) {
                names.put(member.pid(), "of " + name + " " + program.pid());
            }
            names.put(program.pid(), name);
            for (PoolSnapshot pool : program.pools()) {
                for (WorkerSnapshot worker : pool.workers()) {
                    names.put(worker.pid(), name(pool, worker));
                }
            }
        }
    }

    /** The simple name of a program's main class, or the name of its JAR. */
    private static String name(ProgramSnapshot program) {
        String command = program.command();
        if (command == null) {
            return "program";
        }
        boolean jar = command.endsWith(".jar");
        return Words.safe(jar ? command : command.substring(command.lastIndexOf('.') + 1));
    }

    private static String name(PoolSnapshot pool, WorkerSnapshot worker) {
        String task = Running.of(pool, worker).map(one -> ": " + Running.name(one)).orElse("");
        return "worker " + worker.index() + " of " + Words.safe(pool.name()) + task;
    }

    /**
     * Such as {@code 20906 (Shop)}, {@code 20967 (worker 0 of shop: 17 resize)} and {@code 20950
     * (of Shop 20906)}; the pid alone of a process that is not known.
     */
    String of(long pid) {
        String name = names.get(pid);
        return pid == 0 || name == null ? Long.toString(pid) : pid + " (" + name + ")";
    }
}
