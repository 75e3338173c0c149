package dev.procession.samples;

import dev.procession.pool.ProcessPoolExecutor;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Shows that a pool of processes is used, line for line, like a pool of threads, and what it costs.
 *
 * <p>Python's documentation recommends {@code ProcessPoolExecutor} instead of {@code
 * ThreadPoolExecutor} for work like this, because its threads cannot share the cores. Threads of a
 * JVM can, so processes are no faster here; their use is that one may crash, leak or be killed
 * without the others. This sample measures that they are not noticeably slower either: three
 * threads and three worker JVMs compute fib(30) to fib(39), and {@code Futures.asCompleted}
 * delivers each result when it completes.
 *
 * <p>First the same code starts and warms up both pools. Then they alternate for some rounds, and
 * the medians are compared.
 */
public final class Fib {

    private static final int WORKERS = 3;
    private static final int ROUNDS = 3;

    private Fib() {}

    /**
     * Runs the sample. The exit status is 0 if every number was right.
     *
     * @param args ignored
     * @throws Exception if a task failed
     */
    public static void main(String[] args) throws Exception {
        System.exit(run(System.out) ? 0 : 1);
    }

    static boolean run(PrintStream out) throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
        ExecutorService processes = new ProcessPoolExecutor(WORKERS);
        try {
            return race(
                    new FibRace("threads", threads, out),
                    new FibRace("processes", processes, out),
                    out);
        } finally {
            processes.shutdown();
            threads.shutdown();
        }
    }

    private static boolean race(FibRace threads, FibRace processes, PrintStream out)
            throws InterruptedException, ExecutionException {
        threads.warmUp(WORKERS);
        processes.warmUp(WORKERS);
        for (int round = 0; round < ROUNDS; round++) {
            // The second of a round may run on a hotter or busier machine.
            boolean threadsFirst = round % 2 == 0;
            (threadsFirst ? threads : processes).run();
            (threadsFirst ? processes : threads).run();
        }
        double threadSeconds = threads.medianSeconds();
        double processSeconds = processes.medianSeconds();
        out.printf(
                Locale.ROOT,
                "fib medians of %d rounds: threads=%.3f s, processes=%.3f s, ratio=%.3f%n",
                ROUNDS,
                threadSeconds,
                processSeconds,
                processSeconds / threadSeconds);
        boolean right = threads.isRight() && processes.isRight();
        out.println(right ? "fib: every number is right" : "fib: WRONG NUMBERS");
        return right;
    }
}
