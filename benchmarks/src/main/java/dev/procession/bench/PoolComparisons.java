package dev.procession.bench;

import dev.procession.bench.machine.Machine;
import dev.procession.bench.race.Bar;
import dev.procession.bench.race.Comparison;
import dev.procession.bench.race.Effort;
import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Rival;
import dev.procession.bench.rival.PythonRival;
import dev.procession.bench.rival.RivalNames;
import dev.procession.bench.rival.pool.BareJava;
import dev.procession.bench.rival.pool.ColdPool;
import dev.procession.bench.rival.pool.CrashRival;
import dev.procession.bench.rival.pool.ExecutorRival;
import dev.procession.bench.rival.pool.WatchedWorkload;
import dev.procession.bench.rival.pool.Workload;
import dev.procession.bench.rival.pool.Workloads;
import dev.procession.pool.ProcessPoolExecutor;
import java.util.List;
import java.util.concurrent.Executors;

/** The comparisons of pools, and the bars that they must reach. */
final class PoolComparisons {

    private static final String OURS = RivalNames.PROCESSION;
    private static final String PYTHON_POOL = "Python's Pool";
    private static final String THREADS = "JDK threads";
    private static final String BARE_JAVA = "java Hello";
    private static final String WITHOUT_ARCHIVE = "Procession, archive missing";
    private static final String WITH_ARCHIVE = "Procession, archive present";

    private static final String COLD = "cold-start";
    private static final String SUBMIT_GET = "submit-get";
    private static final String FIB = "fib";
    private static final String THROUGHPUT = "throughput";
    private static final String MAP = "pool-map";
    private static final String LARGE = "pool-large";
    private static final String HUGE = "pool-64mib";
    private static final String MANY = "pool-32-workers";
    private static final String MILLISECOND = "pool-1ms";
    private static final String CRASH = "pool-crash";
    private static final String WATCHING = "watching";
    private static final String PROCESS_EACH = "process-each";

    private static final String UNWATCHED = OURS + ", nobody watches";
    private static final String WATCHED = OURS + ", a page is open";
    private static final String TWO_WORKERS = OURS + ", 2 workers";
    private static final String MANY_WORKERS = OURS + ", 32 workers";
    private static final int WORKERS = 2;
    private static final int MANY_WORKERS_COUNT = 32;
    private static final int LARGE_BYTES = 1 << 20;
    private static final int HUGE_BYTES = 64 << 20;
    private static final int FIB_WORKERS = 3;

    private PoolComparisons() {}

    static List<Comparison> comparisons() {
        return List.of(
                coldStart(),
                submitGet(),
                throughput(),
                map(),
                large(),
                huge(),
                manyWorkers(),
                fib(),
                millisecond(),
                crash(),
                watching(),
                processEach());
    }

    static List<Bar> bars() {
        return List.of(
                new Bar(
                        COLD,
                        WITHOUT_ARCHIVE,
                        BARE_JAVA,
                        4.0,
                        "first result of a cold pool: at most 4 bare JVM starts without archive"),
                new Bar(
                        COLD,
                        WITH_ARCHIVE,
                        BARE_JAVA,
                        2.5,
                        "first result of a cold pool: at most 2.5 bare JVM starts with archive"),
                new Bar(
                        SUBMIT_GET,
                        OURS,
                        RivalNames.PYTHON,
                        1.0 / 6,
                        "submit and get: a sixth of Python's"),
                new Bar(
                        THROUGHPUT,
                        RivalNames.PYTHON,
                        OURS,
                        1.0 / 40,
                        "small tasks: at least 40 times Python's ProcessPoolExecutor"),
                new Bar(
                        MAP,
                        RivalNames.PYTHON,
                        OURS,
                        0.2,
                        "map with automatic chunks: at least 5 times Python's best chunks"),
                new Bar(
                        LARGE,
                        OURS,
                        RivalNames.PYTHON,
                        0.2,
                        "1 MiB there and back: a fifth of Python's"),
                new Bar(
                        HUGE,
                        OURS,
                        RivalNames.PYTHON,
                        0.25,
                        "64 MiB there and back: a quarter of Python's"),
                new Bar(
                        MANY,
                        TWO_WORKERS,
                        MANY_WORKERS,
                        2,
                        "32 workers: at least half the small tasks a second of 2 workers"),
                new Bar(FIB, OURS, THREADS, 1.05, "fib: at most 1.05 times as long as by threads"),
                new Bar(
                        MILLISECOND,
                        THREADS,
                        OURS,
                        1 / 0.95,
                        "tasks of 1 ms: at least 95 % of the threads' throughput"),
                new Bar(
                        WATCHING,
                        UNWATCHED,
                        WATCHED,
                        1 / 0.98,
                        "100,000 tasks a second: an open page costs at most 2 %"),
                Bar.absolute(
                        CRASH, OURS, 5, "a crash with a warm spare: the next result within 5 ms"));
    }

    private static Comparison coldStart() {
        return new Comparison(
                COLD,
                "first result of a cold pool with one worker, beside a bare JVM start",
                "ms",
                true,
                new Effort(25, 1, 1),
                new Effort(9, 1, 1),
                () ->
                        List.of(
                                new BareJava(BARE_JAVA),
                                new ColdPool(WITHOUT_ARCHIVE, false),
                                new ColdPool(WITH_ARCHIVE, true),
                                new PythonRival(RivalNames.PYTHON, "cold_start.py")));
    }

    private static Comparison submitGet() {
        return new Comparison(
                SUBMIT_GET,
                "a lambda that captures an int, submitted and awaited, one at a time; 2 workers",
                "µs",
                true,
                new Effort(9, 5_000, 20_000),
                new Effort(5, 3_000, 10_000),
                () ->
                        List.of(
                                new PythonRival(RivalNames.PYTHON, "submit_get.py"),
                                processes(WORKERS, Workloads::submitAndGet),
                                threads(WORKERS, Workloads::submitAndGet)));
    }

    private static Comparison throughput() {
        return new Comparison(
                THROUGHPUT,
                "small lambdas, all submitted, then all awaited; 2 workers",
                "tasks/s",
                false,
                new Effort(9, 20_000, 60_000),
                new Effort(5, 10_000, 30_000),
                () ->
                        List.of(
                                new PythonRival(RivalNames.PYTHON, "throughput.py"),
                                new PythonRival(PYTHON_POOL, "throughput_pool.py"),
                                processes(WORKERS, Workloads::submitThenAwait),
                                threads(WORKERS, Workloads::submitThenAwait)));
    }

    private static Comparison map() {
        return new Comparison(
                MAP,
                "map over ints; Python with the best chunk of 100, 1,000 and 10,000; 2 workers",
                "ints/s",
                false,
                new Effort(9, 1_000_000, 10_000_000),
                new Effort(3, 1_000_000, 2_000_000),
                () ->
                        List.of(
                                new PythonRival(RivalNames.PYTHON, "map.py"),
                                new PythonRival(PYTHON_POOL, "map_pool.py"),
                                processes(WORKERS, Workloads::map)));
    }

    private static Comparison large() {
        return new Comparison(
                LARGE,
                "1 MiB of bytes to a task and back, one at a time; 2 workers",
                "µs",
                true,
                new Effort(9, 300, 500),
                new Effort(5, 150, 300),
                () ->
                        List.of(
                                new PythonRival(RivalNames.PYTHON, "large.py"),
                                processes(WORKERS, thereAndBack(LARGE_BYTES))));
    }

    private static Comparison huge() {
        return new Comparison(
                HUGE,
                "64 MiB of bytes to a task and back, one at a time; 2 workers",
                "µs",
                true,
                new Effort(9, 5, 5),
                new Effort(3, 3, 3),
                () ->
                        List.of(
                                new PythonRival(
                                        RivalNames.PYTHON,
                                        "payload.py",
                                        Integer.toString(HUGE_BYTES)),
                                processes(WORKERS, thereAndBack(HUGE_BYTES))));
    }

    private static Workload thereAndBack(int bytes) {
        return (executor, calls) -> Workloads.thereAndBack(executor, bytes, calls);
    }

    private static Comparison manyWorkers() {
        return new Comparison(
                MANY,
                "small lambdas, all submitted, then all awaited; 32 workers beside 2",
                "tasks/s",
                false,
                new Effort(9, 20_000, 60_000),
                new Effort(5, 10_000, 30_000),
                () ->
                        List.of(
                                processes(TWO_WORKERS, WORKERS, Workloads::submitThenAwait),
                                processes(
                                        MANY_WORKERS,
                                        MANY_WORKERS_COUNT,
                                        Workloads::submitThenAwait)));
    }

    private static Comparison fib() {
        return new Comparison(
                FIB,
                "fib(30) to fib(39), a task each; 3 workers",
                "s",
                true,
                new Effort(9, 1, 3),
                new Effort(5, 1, 2),
                () ->
                        List.of(
                                threads(FIB_WORKERS, Workloads::fib),
                                processes(FIB_WORKERS, Workloads::fib)));
    }

    private static Comparison millisecond() {
        return new Comparison(
                MILLISECOND,
                "tasks of about a millisecond of computing; 2 workers",
                "tasks/s",
                false,
                new Effort(9, 1_000, 10_000),
                new Effort(5, 500, 3_000),
                () ->
                        List.of(
                                threads(WORKERS, Workloads::computeThenAwait),
                                processes(WORKERS, Workloads::computeThenAwait)));
    }

    private static Comparison crash() {
        return new Comparison(
                CRASH,
                "from a worker's end to the next task's result, with a warm spare",
                "ms",
                true,
                new Effort(9, 5, 5),
                new Effort(3, 5, 3),
                () -> List.of(new CrashRival()));
    }

    private static Comparison watching() {
        Workload workload = Workloads::computeShortlyThenAwait;
        return new Comparison(
                WATCHING,
                "tasks of some 10 µs, all submitted, then all awaited; 2 workers",
                "tasks/s",
                false,
                new Effort(15, 200_000, 300_000),
                new Effort(5, 100_000, 200_000),
                () ->
                        List.of(
                                processes(UNWATCHED, WORKERS, workload),
                                processes(WATCHED, WORKERS, new WatchedWorkload(workload))));
    }

    private static Comparison processEach() {
        return new Comparison(
                PROCESS_EACH,
                "a task to a pool that is there, beside a new JVM for each by ProcessBuilder",
                "ms",
                true,
                new Effort(9, 5, 5),
                new Effort(5, 3, 3),
                () ->
                        List.of(
                                new BareJava("ProcessBuilder"),
                                processes(
                                        WORKERS,
                                        (pool, tasks) ->
                                                Figure.of(
                                                        Workloads.submitAndGet(pool, tasks).value()
                                                                / 1e3))));
    }

    private static Rival processes(int workers, Workload workload) {
        return processes(OURS, workers, workload);
    }

    private static Rival processes(String name, int workers, Workload workload) {
        return new ExecutorRival(
                name, Machine.processionVersion(), () -> startedPool(workers), workload);
    }

    static ProcessPoolExecutor startedPool(int workers) {
        ProcessPoolExecutor pool = new ProcessPoolExecutor(workers);
        pool.prestartAllWorkers();
        return pool;
    }

    private static Rival threads(int workers, Workload workload) {
        return new ExecutorRival(
                THREADS,
                "JDK " + Runtime.version(),
                () -> Executors.newFixedThreadPool(workers),
                workload);
    }
}
