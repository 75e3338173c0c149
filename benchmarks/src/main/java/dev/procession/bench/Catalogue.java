package dev.procession.bench;

import dev.procession.pool.ProcessPoolExecutor;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** All comparisons there are, and the bars that Procession must not miss. */
final class Catalogue {

    static final String PROCESSION = "Procession";
    static final String PIPE = "Procession's Pipe";

    private static final String PYTHON = "Python";
    private static final String TWO_AND_TWO = "Procession, 2 and 2";
    private static final String FOUR_AND_FOUR = "Procession, 4 and 4";
    private static final String DRAINED = "Procession, drainTo";
    private static final String THREADS = "JDK threads";
    private static final String BARE_JAVA = "java Hello";
    private static final String WITHOUT_ARCHIVE = "Procession, archive missing";
    private static final String WITH_ARCHIVE = "Procession, archive present";

    private static final int WORKERS = 2;
    private static final int FIB_WORKERS = 3;

    private Catalogue() {}

    static List<Comparison> comparisons() {
        return Stream.of(
                        List.of(
                                coldStart(),
                                submitGet(),
                                fib(),
                                throughput(),
                                pipe(),
                                queueFlow(),
                                queueEcho()),
                        PipeComparisons.comparisons(),
                        ManagerComparisons.comparisons())
                .flatMap(List::stream)
                .toList();
    }

    static List<Bar> bars() {
        return Stream.of(ownBars(), PipeComparisons.bars(), ManagerComparisons.bars())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Bar> ownBars() {
        return List.of(
                new Bar(
                        "queue-flow",
                        PYTHON,
                        PROCESSION,
                        1.0 / 30,
                        "one producer and one consumer: at least 30 times Python's"),
                new Bar(
                        "queue-flow",
                        PROCESSION,
                        TWO_AND_TWO,
                        2.0,
                        "two and two: at least half of one and one"),
                new Bar(
                        "queue-flow",
                        PROCESSION,
                        FOUR_AND_FOUR,
                        2.0,
                        "four and four: at least half of one and one"),
                new Bar(
                        "queue-flow",
                        PROCESSION,
                        DRAINED,
                        0.5,
                        "drainTo: at least twice single takes"),
                new Bar(
                        "queue-flow",
                        PROCESSION,
                        PIPE,
                        1.0,
                        "a pipe one way: faster than the queue"),
                new Bar(
                        "queue-echo",
                        PROCESSION,
                        PYTHON,
                        0.2,
                        "a round trip by two queues: at most a fifth of Python's median"),
                new Bar(
                        "queue-echo",
                        PIPE,
                        PROCESSION,
                        1.0,
                        "a pipe's round trip: faster than the queue's"),
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

    private static Comparison queueFlow() {
        return new Comparison(
                "queue-flow",
                "32 bytes at a time through a queue, one producer process and one consumer or more",
                "elements/s",
                false,
                new Effort(9, 500_000, 1_000_000),
                new Effort(5, 200_000, 400_000),
                List.of(
                        new PythonRival(PYTHON, "queue_flow.py"),
                        new QueueFlowRival(PROCESSION, 1, false),
                        new QueueFlowRival(TWO_AND_TWO, 2, false),
                        new QueueFlowRival(FOUR_AND_FOUR, 4, false),
                        new QueueFlowRival(DRAINED, 1, true),
                        new PipeBytesRival(false)));
    }

    private static Comparison queueEcho() {
        return new Comparison(
                "queue-echo",
                "32 bytes by a queue to a child process and back by another one",
                "µs",
                true,
                new Effort(9, 10_000, 50_000),
                new Effort(5, 10_000, 20_000),
                List.of(
                        new PythonRival(PYTHON, "queue_echo.py"),
                        new QueueEchoRival(),
                        new PipeBytesRival(true)));
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
