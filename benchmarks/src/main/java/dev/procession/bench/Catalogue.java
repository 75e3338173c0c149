package dev.procession.bench;

import dev.procession.pool.ProcessPoolExecutor;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** All comparisons there are, and the bars that Procession must not miss. */
final class Catalogue {

    static final String PROCESSION = "Procession";

    private static final String PYTHON = "Python";
    private static final String THREADS = "JDK threads";
    private static final String BARE_JAVA = "java Hello";
    private static final String WITHOUT_ARCHIVE = "Procession, archive missing";
    private static final String WITH_ARCHIVE = "Procession, archive present";

    private static final int WORKERS = 2;
    private static final int FIB_WORKERS = 3;

    private Catalogue() {}

    static List<Comparison> comparisons() {
        return Stream.concat(
                        Stream.of(coldStart(), submitGet(), fib(), throughput(), pipe()),
                        ManagerComparisons.comparisons().stream())
                .toList();
    }

    static List<Bar> bars() {
        return Stream.concat(ownBars().stream(), ManagerComparisons.bars().stream()).toList();
    }

    private static List<Bar> ownBars() {
        return List.of(
                new Bar(
                        "cold-start",
                        WITHOUT_ARCHIVE,
                        BARE_JAVA,
                        4.0,
                        "first result of a cold pool: at most 4 bare JVM starts without archive"),
                new Bar(
                        "cold-start",
                        WITH_ARCHIVE,
                        BARE_JAVA,
                        3.0,
                        "first result of a cold pool: at most 3 bare JVM starts with archive"),
                new Bar(
                        "submit-get",
                        PROCESSION,
                        PYTHON,
                        0.2,
                        "submit and get: at most a fifth of Python's median"),
                new Bar(
                        "fib",
                        PROCESSION,
                        THREADS,
                        1.1,
                        "fib by processes: at most 1.10 times as long as by threads"));
    }

    private static Comparison coldStart() {
        return new Comparison(
                "cold-start",
                "first result of a cold pool with one worker, beside a bare JVM start",
                "ms",
                true,
                new Effort(25, 1, 1),
                new Effort(15, 1, 1),
                List.of(
                        new BareJava(),
                        new ColdPool(WITHOUT_ARCHIVE, false),
                        new ColdPool(WITH_ARCHIVE, true),
                        new PythonRival(PYTHON, "cold_start.py")));
    }

    private static Comparison submitGet() {
        return new Comparison(
                "submit-get",
                "a lambda that captures an int, submitted and awaited, one at a time; 2 workers",
                "µs",
                true,
                new Effort(9, 5_000, 20_000),
                new Effort(5, 5_000, 10_000),
                List.of(
                        new PythonRival(PYTHON, "submit_get.py"),
                        processes(WORKERS, Workloads::submitAndGet),
                        threads(WORKERS, Workloads::submitAndGet)));
    }

    private static Comparison fib() {
        return new Comparison(
                "fib",
                "fib(30) to fib(39), a task each; 3 workers",
                "s",
                true,
                new Effort(9, 1, 3),
                new Effort(5, 1, 3),
                List.of(
                        threads(FIB_WORKERS, Workloads::fib),
                        processes(FIB_WORKERS, Workloads::fib)));
    }

    private static Comparison throughput() {
        return new Comparison(
                "throughput",
                "small lambdas, all submitted, then all awaited; 2 workers",
                "tasks/s",
                false,
                new Effort(9, 20_000, 20_000),
                new Effort(5, 10_000, 10_000),
                List.of(
                        new PythonRival(PYTHON, "throughput.py"),
                        processes(WORKERS, Workloads::submitThenAwait),
                        threads(WORKERS, Workloads::submitThenAwait)));
    }

    private static Comparison pipe() {
        return new Comparison(
                "pipe",
                "a small object through a pipe to a child process and back",
                "µs",
                true,
                new Effort(9, 10_000, 50_000),
                new Effort(5, 10_000, 20_000),
                List.of(new PythonRival(PYTHON, "pipe.py"), new PipeRival()));
    }

    private static Rival processes(int workers, Workload workload) {
        return new ExecutorRival(
                PROCESSION, Machine.processionVersion(), () -> startedPool(workers), workload);
    }

    private static ExecutorService startedPool(int workers) {
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
