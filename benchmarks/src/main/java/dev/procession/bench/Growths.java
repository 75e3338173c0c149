package dev.procession.bench;

import dev.procession.bench.machine.Machine;
import dev.procession.bench.machine.ProcessTree;
import dev.procession.bench.race.Comparison;
import dev.procession.bench.race.Effort;
import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Growth;
import dev.procession.bench.race.Latencies;
import dev.procession.bench.race.Rival;
import dev.procession.bench.rival.PythonRival;
import dev.procession.bench.rival.RivalNames;
import dev.procession.bench.rival.manager.ManagerWork;
import dev.procession.bench.rival.pool.ExecutorRival;
import dev.procession.bench.rival.pool.OnceRival;
import dev.procession.bench.rival.pool.Workloads;
import dev.procession.core.SerializableCallable;
import dev.procession.manager.Manager;
import dev.procession.manager.SharedDict;
import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.pool.WorkerInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/** All measurements at growing sizes. */
final class Growths {

    private static final double NANOS_PER_MICRO = 1e3;
    private static final double BYTES_PER_MEBIBYTE = 1 << 20;
    private static final int WORKERS = 2;
    private static final int TASKS = 20_000;
    private static final int CALLS = 5_000;
    private static final int PAGE = 10_000;
    private static final int LEAST_CALLS = 3;
    private static final int PAYLOAD_VOLUME = 1 << 28;
    private static final int PAYLOAD_ROUNDS = 9;
    private static final int PAYLOAD_MILLIS = 200;
    private static final int ROUNDS = 3;
    private static final List<Integer> WORKER_COUNTS = List.of(1, 2, 4, 8, 16, 32);

    private Growths() {}

    static List<Growth> all() {
        return List.of(
                alone(
                        "growth-workers",
                        "small tasks, all submitted, then all awaited",
                        "workers",
                        "tasks/s",
                        WORKER_COUNTS,
                        Growths::throughput),
                alone(
                        "growth-memory",
                        "memory of a worker that has run one task and is idle",
                        "workers",
                        "MiB",
                        WORKER_COUNTS,
                        Growths::idleMemory),
                alone(
                        "growth-depth",
                        "submitting one of many small tasks, which 2 workers run meanwhile",
                        "tasks",
                        "µs",
                        List.of(1_000, 10_000, 100_000, 1_000_000),
                        Growths::submitting),
                payload(),
                alone(
                        "growth-dict",
                        "get of a shared dict that has more and more small entries",
                        "entries",
                        "µs",
                        List.of(10, 1_000, 10_000, 100_000, 1_000_000),
                        Growths::dict));
    }

    /** A figure of Procession at a size. */
    private interface Measured {
        double at(int size) throws Exception;
    }

    /** A growth with Procession as the only rival, which starts afresh for each figure. */
    private static Growth alone(
            String name,
            String question,
            String sizeLabel,
            String unit,
            List<Integer> sizes,
            Measured measured) {
        return new Growth(
                name,
                question,
                sizeLabel,
                unit,
                sizes,
                size ->
                        at(
                                size,
                                name,
                                sizeLabel,
                                unit,
                                new Effort(ROUNDS, 1, 0),
                                new Effort(1, 1, 0),
                                new OnceRival(() -> measured.at(size))));
    }

    private static Comparison at(
            int size,
            String name,
            String sizeLabel,
            String unit,
            Effort full,
            Effort quick,
            Rival... rivals) {
        return new Comparison(
                name,
                String.format(Locale.ROOT, "%,d %s", size, sizeLabel),
                unit,
                !unit.endsWith("/s"),
                full,
                quick,
                () -> List.of(rivals));
    }

    private static Growth payload() {
        String name = "growth-payload";
        String label = "bytes";
        String unit = "µs";
        return new Growth(
                name,
                "bytes to a task and back, one at a time; 2 workers",
                label,
                unit,
                List.of(8, 64, 512, 4096, 1 << 15, 1 << 18, 1 << 21, 1 << 24, 1 << 26),
                bytes -> {
                    int calls = Math.max(LEAST_CALLS, Math.min(CALLS, PAYLOAD_VOLUME / bytes));
                    return at(
                            bytes,
                            name,
                            label,
                            unit,
                            new Effort(PAYLOAD_ROUNDS, calls, calls, PAYLOAD_MILLIS),
                            new Effort(1, calls, calls, PAYLOAD_MILLIS),
                            new PythonRival("Python", "payload.py", Integer.toString(bytes)),
                            new ExecutorRival(
                                    RivalNames.PROCESSION,
                                    Machine.processionVersion(),
                                    () -> PoolComparisons.startedPool(WORKERS),
                                    (pool, amount) -> Workloads.thereAndBack(pool, bytes, amount)));
                });
    }

    private static double throughput(int workers) throws Exception {
        try (ProcessPoolExecutor pool = PoolComparisons.startedPool(workers)) {
            double unused = Workloads.submitThenAwait(pool, TASKS).value();
            return Workloads.submitThenAwait(pool, TASKS).value();
        }
    }

    private static double idleMemory(int workers) throws Exception {
        try (ProcessPoolExecutor pool = PoolComparisons.startedPool(workers)) {
            while (pool.workers().stream().anyMatch(worker -> worker.tasksDone() == 0)) {
                Figure unused = Workloads.submitThenAwait(pool, workers);
            }
            return ProcessTree.memoryBytes(
                            pool.workers().stream()
                                    .map(WorkerInfo::pid)
                                    .collect(Collectors.toSet()))
                    / BYTES_PER_MEBIBYTE
                    / workers;
        }
    }

    private static double submitting(int tasks) throws Exception {
        try (ProcessPoolExecutor pool = PoolComparisons.startedPool(WORKERS)) {
            Figure unused = Workloads.submitThenAwait(pool, TASKS);
            List<Future<Integer>> futures = new ArrayList<>(tasks);
            long start = System.nanoTime();
            for (int i = 0; i < tasks; i++) {
                int number = i;
                futures.add(pool.submit(SerializableCallable.of(() -> number)));
            }
            long nanos = System.nanoTime() - start;
            for (int i = 0; i < tasks; i++) {
                ManagerWork.require(futures.get(i).get() == i);
            }
            return nanos / NANOS_PER_MICRO / tasks;
        }
    }

    private static double dict(int entries) throws Exception {
        try (Manager manager = Manager.start()) {
            SharedDict<Integer, String> dict = manager.dict("growth");
            Map<Integer, String> page = new HashMap<>();
            for (int i = 0; i < entries; i++) {
                page.put(i, "value of a small entry");
                if (page.size() == PAGE || i == entries - 1) {
                    dict.putAll(page);
                    page.clear();
                }
            }
            Latencies.Timed get =
                    number ->
                            ManagerWork.require(dict.get((int) (number * 7919L % entries)) != null);
            Figure unused = Latencies.of(CALLS, get);
            return Latencies.of(CALLS, get).value();
        }
    }
}
