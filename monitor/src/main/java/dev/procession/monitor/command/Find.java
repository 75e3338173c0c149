package dev.procession.monitor.command;

import dev.procession.core.snapshot.MachineSnapshot;
import dev.procession.core.snapshot.ManagerSnapshot;
import dev.procession.core.snapshot.PoolSnapshot;
import dev.procession.core.snapshot.ProgramSnapshot;
import dev.procession.core.snapshot.TaskSnapshot;
import dev.procession.core.snapshot.WorkerSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds in a snapshot what an argument names. */
final class Find {

    /** A worker, with its pool and program. */
    record FoundWorker(ProgramSnapshot program, PoolSnapshot pool, WorkerSnapshot worker) {}

    /** A process of a program. */
    record FoundMember(ProgramSnapshot program, ProgramSnapshot.Member member) {}

    /** A task, with its pool and program. */
    record FoundTask(ProgramSnapshot program, PoolSnapshot pool, TaskSnapshot task) {

        /** Such as {@code 17 resize in pool images of program 4711}. */
        String description() {
            return Running.name(task)
                    + " in pool "
                    + Words.safe(pool.name())
                    + " of program "
                    + program.pid();
        }
    }

    private Find() {}

    static Optional<FoundWorker> worker(MachineSnapshot machine, long pid) {
        for (ProgramSnapshot program : machine.programs()) {
            for (PoolSnapshot pool : program.pools()) {
                for (WorkerSnapshot worker : pool.workers()) {
                    if (worker.pid() == pid) {
                        return Optional.of(new FoundWorker(program, pool, worker));
                    }
                }
            }
        }
        return Optional.empty();
    }

    static Optional<FoundMember> member(MachineSnapshot machine, long pid) {
        for (ProgramSnapshot program : machine.programs()) {
            for (ProgramSnapshot.Member member : program.members()) {
                if (member.pid() == pid && pid != 0) {
                    return Optional.of(new FoundMember(program, member));
                }
            }
        }
        return Optional.empty();
    }

    /** Returns what to say of a pid that is no process of any program. */
    static IllegalArgumentException noSuchProcess(MachineSnapshot machine, long pid) {
        StringBuilder text = new StringBuilder();
        text.append("No program of this user has the process ").append(pid).append('.');
        String separator = " There are: ";
        for (ProgramSnapshot program : machine.programs()) {
            if (program.pid() == 0) {
                continue;
            }
            text.append(separator).append("program ").append(program.pid());
            List<Long> workers = new ArrayList<>();
            program.pools().forEach(pool -> pool.workers().forEach(one -> workers.add(one.pid())));
            workers.removeIf(worker -> worker <= 0);
            if (!workers.isEmpty()) {
                text.append(" with the workers ").append(MachineView.pids(workers));
            }
            for (ManagerSnapshot manager : program.managers()) {
                text.append(", the manager ").append(manager.pid());
            }
            separator = "; ";
        }
        if (separator.equals("; ")) {
            text.append('.');
        } else {
            text.append(" No program uses Procession now.");
        }
        return new IllegalArgumentException(text.toString());
    }

    /**
     * Returns the tasks that an argument names: by number or name, after the name or number of the
     * pool and a slash, or without it.
     *
     * @param program the pid of the only program that is meant; 0 for any
     */
    static List<FoundTask> tasks(MachineSnapshot machine, String argument, long program) {
        List<FoundTask> found = new ArrayList<>();
        for (ProgramSnapshot one : machine.programs()) {
            if (program != 0 && one.pid() != program) {
                continue;
            }
            for (PoolSnapshot pool : one.pools()) {
                for (TaskSnapshot task : pool.tasks()) {
                    if (names(argument, pool, task)) {
                        found.add(new FoundTask(one, pool, task));
                    }
                }
            }
        }
        return found;
    }

    private static boolean names(String argument, PoolSnapshot pool, TaskSnapshot task) {
        if (isTask(argument, task)) {
            return true;
        }
        // A name may contain a slash itself, of the pool as well as of the task.
        for (int slash = argument.indexOf('/');
                slash >= 0;
                slash = argument.indexOf('/', slash + 1)) {
            String name = argument.substring(0, slash);
            boolean ofPool = name.equals(pool.name()) || name.equals(Long.toString(pool.number()));
            if (ofPool && isTask(argument.substring(slash + 1), task)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isTask(String argument, TaskSnapshot task) {
        return argument.equals(task.name()) || argument.equals(Long.toString(task.id()));
    }
}
