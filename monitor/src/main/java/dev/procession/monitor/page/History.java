package dev.procession.monitor.page;

import dev.procession.core.snapshot.MachineSnapshot;
import dev.procession.core.snapshot.ManagerSnapshot;
import dev.procession.core.snapshot.PoolSnapshot;
import dev.procession.core.snapshot.ProgramSnapshot;
import dev.procession.core.snapshot.QueueSnapshot;
import dev.procession.core.snapshot.TaskEnded;
import dev.procession.core.snapshot.TaskSnapshot;
import dev.procession.core.snapshot.WorkerSnapshot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The last minutes of what charts show, so that a second page, or one that is loaded again, has
 * them at once. Bounded in every direction. Guarded by its sampler's lock.
 */
final class History {

    /** Five minutes, if every look takes half a second. */
    static final int MAX_POINTS = 600;

    /** How many things a point has figures of. */
    static final int MAX_SERIES = 256;

    static final int MAX_ENDED = 2000;

    private static final long MILLIS = 1000;

    /**
     * Figures of one moment.
     *
     * @param values by the thing they belong to, which the page names in the same way
     */
    private record Point(long at, Map<String, long[]> values) {}

    /** A bar of the task stream. */
    private record Ended(String session, TaskEnded task) {}

    private final Deque<Point> points = new ArrayDeque<>();
    private final Deque<Ended> ended = new ArrayDeque<>();

    /** When running tasks were seen to run first, which no snapshot says. */
    private Map<String, Long> runningSince = new HashMap<>();

    private boolean looked;

    /** Adds a moment; returns what the page is told of it besides the snapshot. */
    Map<String, Object> add(MachineSnapshot machine, Map<String, List<TaskEnded>> tasks) {
        Point point = new Point(machine.at(), values(machine));
        points.add(point);
        if (points.size() > MAX_POINTS) {
            points.remove();
        }
        tasks.forEach((session, each) -> each.forEach(task -> ended.add(new Ended(session, task))));
        while (ended.size() > MAX_ENDED) {
            ended.remove();
        }
        runningSince = runningSince(machine);
        looked = true;
        return Map.of("point", json(point), "runningSince", runningSince);
    }

    private static Map<String, long[]> values(MachineSnapshot machine) {
        Map<String, long[]> values = new LinkedHashMap<>();
        for (ProgramSnapshot program : machine.programs()) {
            String session = program.session();
            for (PoolSnapshot pool : program.pools()) {
                put(
                        values,
                        "pool/" + session + "/" + pool.number(),
                        pool.queued(),
                        pool.running(),
                        pool.succeeded(),
                        pool.failed() + pool.cancelled());
            }
            for (ManagerSnapshot manager : program.managers()) {
                put(
                        values,
                        "manager/" + session + "/" + manager.pid() + "/" + manager.address(),
                        manager.operations(),
                        manager.waitingRequests(),
                        manager.bytes());
            }
            for (QueueSnapshot queue : program.queues()) {
                put(values, "queue/" + session + "/" + queue.file(), queue.size(), queue.bytes());
            }
        }
        for (QueueSnapshot queue : machine.queues()) {
            put(values, "queue/named/" + queue.file(), queue.size(), queue.bytes());
        }
        for (ProgramSnapshot program : machine.programs()) {
            for (PoolSnapshot pool : program.pools()) {
                for (WorkerSnapshot worker : pool.workers()) {
                    put(
                            values,
                            "worker/" + worker.pid(),
                            worker.residentBytes(),
                            worker.heapBytes(),
                            Math.round(worker.processorTime() * MILLIS));
                }
            }
        }
        return values;
    }

    private static void put(Map<String, long[]> values, String name, long... figures) {
        if (values.size() < MAX_SERIES) {
            values.put(name, figures);
        }
    }

    private Map<String, Long> runningSince(MachineSnapshot machine) {
        Map<String, Long> since = new HashMap<>();
        for (ProgramSnapshot program : machine.programs()) {
            for (PoolSnapshot pool : program.pools()) {
                for (TaskSnapshot task : pool.tasks()) {
                    if (task.state().equals("RUNNING")) {
                        String name = program.session() + "/" + pool.number() + "/" + task.id();
                        String key = name + "/" + task.attempt();
                        long submitted = machine.at() - Math.round(task.age() * MILLIS);
                        // What ran at the first look already may have run since it came.
                        long now = looked || task.attempt() > 1 ? machine.at() : submitted;
                        Long before = runningSince.get(key);
                        since.put(key, before == null ? now : before);
                    }
                }
            }
        }
        return since;
    }

    /** Returns all that is kept. */
    Map<String, Object> all() {
        List<Map<String, Object>> moments = new ArrayList<>();
        points.forEach(point -> moments.add(json(point)));
        Map<String, List<TaskEnded>> tasks = new LinkedHashMap<>();
        for (Ended each : ended) {
            tasks.computeIfAbsent(each.session(), session -> new ArrayList<>()).add(each.task());
        }
        return Map.of("points", moments, "ended", tasks);
    }

    private static Map<String, Object> json(Point point) {
        return Map.of("at", point.at(), "values", point.values());
    }
}
