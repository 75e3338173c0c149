package dev.procession.monitor.command;

import dev.procession.core.snapshot.FailureSnapshot;
import dev.procession.core.snapshot.MachineSnapshot;
import dev.procession.core.snapshot.ManagerSnapshot;
import dev.procession.core.snapshot.PoolSnapshot;
import dev.procession.core.snapshot.ProgramSnapshot;
import dev.procession.core.snapshot.QueueSnapshot;
import dev.procession.core.snapshot.TaskSnapshot;
import dev.procession.core.snapshot.WorkerSnapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;
import org.jspecify.annotations.Nullable;

/** A snapshot of everything as lines of text: what {@code ps} prints and {@code top} redraws. */
final class MachineView {

    private static final String POOL_INDENT = "  ";
    private static final String TABLE_INDENT = "    ";
    private static final String SEPARATOR = ", ";
    private static final int PERCENT = 100;
    private static final int MOST_PIDS = 8;

    /** Seconds that no age exceeds. */
    private static final double MOST_AGE = 1e12;

    private final MachineSnapshot machine;
    private final int width;
    private final @Nullable Changes changes;
    private final Order order;
    private final ProcessNames processes;
    private final List<AttributedString> lines = new ArrayList<>();

    private MachineView(
            MachineSnapshot machine, int width, @Nullable Changes changes, Order order) {
        this.machine = machine;
        this.width = width;
        this.changes = changes;
        this.order = order;
        this.processes = new ProcessNames(machine);
    }

    /**
     * Returns the lines.
     *
     * @param width how many columns a line takes at most
     * @param changes what has changed since the looks before; null if this is the only one
     */
    static List<AttributedString> lines(
            MachineSnapshot machine, int width, @Nullable Changes changes, Order order) {
        MachineView view = new MachineView(machine, width, changes, order);
        for (ProgramSnapshot program : machine.programs()) {
            if (program.pid() != 0) {
                view.program(program);
            }
        }
        for (ProgramSnapshot program : machine.programs()) {
            if (program.pid() == 0) {
                view.leftOver(program);
            }
        }
        if (!machine.queues().isEmpty()) {
            if (!view.lines.isEmpty()) {
                view.line(Style.PLAIN, "");
            }
            view.line(Style.PROGRAM, "queues with a name");
            view.queues(machine.queues());
        }
        if (view.lines.isEmpty()) {
            view.line(Style.PLAIN, "No program of this user uses Procession now.");
        }
        return view.lines;
    }

    private void line(AttributedStyle style, String text) {
        // The last place where a name can be made harmless, so that none is missed.
        lines.add(Style.cut(new AttributedString(Words.safe(text), style), width));
    }

    /** Adds a list with commas, in several lines if it is long. */
    private void wrapped(AttributedStyle style, String text) {
        String indent = " ".repeat(text.length() - text.stripLeading().length()) + TABLE_INDENT;
        String line = text;
        while (Style.width(line) > width) {
            int end = Style.cut(line, width).lastIndexOf(SEPARATOR);
            if (end <= indent.length()) {
                break; // the line is cut
            }
            line(style, line.substring(0, end + 1));
            line = indent + line.substring(end + SEPARATOR.length());
        }
        line(style, line);
    }

    private void program(ProgramSnapshot program) {
        if (!lines.isEmpty()) {
            line(Style.PLAIN, "");
        }
        String command = program.command() == null ? "program" : Words.safe(program.command());
        StringBuilder text = new StringBuilder(command).append("  pid ").append(program.pid());
        if (program.startedAt() > 0) {
            double age =
                    (machine.at() - program.startedAt()) / (double) TimeUnit.SECONDS.toMillis(1);
            text.append(", up ").append(Words.time(Math.max(0, age)));
        }
        text.append(", cpu ").append(processor(program.pid(), program.processorTime()));
        text.append(", ").append(Words.bytes(program.residentBytes()));
        text.append(", ").append(Words.bytes(program.sharedBytes())).append(" shared");
        wrapped(Style.PROGRAM, text.toString());
        if (program.silent() != null) {
            line(
                    Style.ODD,
                    POOL_INDENT + "tells nothing of its pools: " + Words.safe(program.silent()));
        }
        for (PoolSnapshot pool : program.pools()) {
            pool(program, pool);
        }
        queues(program.queues());
        for (ManagerSnapshot manager : program.managers()) {
            ManagerView.add(
                    manager, processes, line -> wrapped(line.style(), POOL_INDENT + line.text()));
        }
        others(program);
    }

    private void queues(List<QueueSnapshot> queues) {
        if (!queues.isEmpty()) {
            lines.addAll(QueuesView.table(queues).lines(POOL_INDENT, width));
            QueuesView.addDetails(
                    queues, line -> wrapped(line.style(), TABLE_INDENT + line.text()));
        }
    }

    private String processor(long pid, double processorTime) {
        return changes == null
                ? Words.time(processorTime)
                : percent(changes.processors(pid, processorTime).orElse(0));
    }

    private static String percent(double part) {
        return String.format(Locale.ROOT, "%.0f%%", part * PERCENT);
    }

    private void pool(ProgramSnapshot program, PoolSnapshot pool) {
        StringBuilder text = new StringBuilder(POOL_INDENT).append("pool ");
        text.append(Words.safe(pool.name())).append(": ");
        if (changes != null) {
            changes.throughput(program, pool)
                    .ifPresent(rate -> text.append(Words.rate(rate)).append(" tasks/s, "));
        }
        text.append(Words.count(pool.workers().size())).append(" of ");
        text.append(Words.count(pool.limit(), "worker", "workers"));
        text.append(", ").append(Words.count(pool.running())).append(" running, ");
        text.append(Words.count(pool.queued())).append(" waiting, ");
        text.append(Words.count(pool.succeeded())).append(" done");
        some(text, pool.failed(), "failed");
        some(text, pool.cancelled(), "cancelled");
        some(text, pool.retried(), "repeated");
        if (pool.workersLost() > 0) {
            text.append(", ")
                    .append(Words.count(pool.workersLost(), "worker lost", "workers lost"));
        }
        if (pool.shutdown()) {
            text.append(", shut down");
        }
        wrapped(Style.PLAIN, text.toString());
        failure(pool);
        if (!pool.workers().isEmpty()) {
            lines.addAll(workers(program, pool).lines(TABLE_INDENT, width));
        }
    }

    private static void some(StringBuilder text, long count, String what) {
        if (count > 0) {
            text.append(", ").append(Words.count(count)).append(' ').append(what);
        }
    }

    private void failure(PoolSnapshot pool) {
        if (pool.failures().isEmpty()) {
            return;
        }
        FailureSnapshot last = pool.failures().get(pool.failures().size() - 1);
        double age = (machine.at() - last.at()) / (double) TimeUnit.SECONDS.toMillis(1);
        String exception = last.exception().substring(last.exception().lastIndexOf('.') + 1);
        line(
                Style.BAD,
                TABLE_INDENT
                        + "last failure, "
                        + Words.time(Math.max(0, age))
                        + " ago: task "
                        + last.task()
                        + (last.name() == null ? "" : " " + Words.safe(last.name()))
                        + ": "
                        + exception
                        + (last.message() == null ? "" : ": " + Words.safe(last.message())));
    }

    private Table workers(ProgramSnapshot program, PoolSnapshot pool) {
        boolean once = changes == null;
        Table table =
                new Table(
                        Table.Column.number("PID", 0, 7),
                        Table.Column.text("STATE", 0, 5),
                        Table.Column.number(once ? "" : "RUNS", 0, once ? 0 : 6),
                        Table.Column.number("TASK AGE", 3, 8),
                        Table.Column.flexible("TASK", 20),
                        Table.Column.number("CPU", 1, 5),
                        Table.Column.number("MEMORY", 2, 6),
                        Table.Column.number("HEAP", 6, 6),
                        Table.Column.number("DONE", 4, 6),
                        Table.Column.number("RESTARTS", 7, 4),
                        Table.Column.number("UP", 5, 6));
        List<WorkerSnapshot> workers = new ArrayList<>(pool.workers());
        workers.sort(
                order.comparator(
                        worker -> taskTime(program, pool, worker), worker -> load(worker)));
        for (WorkerSnapshot worker : workers) {
            Optional<TaskSnapshot> task = Running.of(pool, worker);
            table.add(
                    worker.state().equals("DEAD") ? Style.BAD : Style.PLAIN,
                    worker.pid() <= 0 ? "" : Long.toString(worker.pid()),
                    worker.state().toLowerCase(Locale.ROOT),
                    task.isEmpty() || changes == null
                            ? ""
                            : Words.time(changes.running(program, pool, task.get())),
                    task.map(one -> Words.time(one.age())).orElse(""),
                    task.map(Running::text)
                            .orElse(worker.task() == null ? "" : Words.safe(worker.task())),
                    processor(worker.pid(), worker.processorTime()),
                    Words.bytes(worker.residentBytes()),
                    Words.bytes(worker.heapBytes()),
                    Words.count(worker.tasksDone()),
                    Words.count(worker.restarts()),
                    Words.time(worker.age()));
        }
        return table;
    }

    private double load(WorkerSnapshot worker) {
        return changes == null
                ? worker.processorTime()
                : changes.processors(worker.pid(), worker.processorTime()).orElse(0);
    }

    /** Returns for how long a worker's task has run; those that were seen as long, by their age. */
    private double taskTime(ProgramSnapshot program, PoolSnapshot pool, WorkerSnapshot worker) {
        Optional<TaskSnapshot> task = Running.of(pool, worker);
        if (task.isEmpty()) {
            return -1;
        }
        double age = task.get().age();
        return changes == null ? age : changes.running(program, pool, task.get()) + age / MOST_AGE;
    }

    static String pids(List<Long> pids) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(MOST_PIDS, pids.size()); i++) {
            text.append(i == 0 ? "" : " ").append(pids.get(i));
        }
        return pids.size() > MOST_PIDS
                ? text + " and " + (pids.size() - MOST_PIDS) + " more"
                : text.toString();
    }

    /** Shows the processes that are shown nowhere else. */
    private void others(ProgramSnapshot program) {
        Set<Long> shown = new HashSet<>();
        shown.add(program.pid());
        program.pools().forEach(pool -> pool.workers().forEach(worker -> shown.add(worker.pid())));
        program.managers().forEach(manager -> shown.add(manager.pid()));
        List<Long> others = new ArrayList<>();
        int dead = 0;
        for (ProgramSnapshot.Member member : program.members()) {
            if (member.pid() == 0) {
                dead++;
            } else if (shown.add(member.pid())) {
                others.add(member.pid());
            }
            if (member.silent() != null && member.pid() != program.pid()) {
                line(
                        Style.ODD,
                        POOL_INDENT
                                + "process "
                                + member.pid()
                                + " does not answer: "
                                + Words.safe(member.silent()));
            }
        }
        if (!others.isEmpty()) {
            line(Style.PLAIN, POOL_INDENT + "other processes: " + pids(others));
        }
        if (dead > 0) {
            line(
                    Style.ODD,
                    POOL_INDENT
                            + "files are left of "
                            + Words.count(dead, "dead process", "dead processes"));
        }
    }

    private void leftOver(ProgramSnapshot program) {
        line(
                Style.ODD,
                "left by a dead program: "
                        + program.session()
                        + ", "
                        + Words.bytes(program.sharedBytes())
                        + "; 'procession clean' removes it");
    }
}
