package dev.procession.samples;

import dev.procession.core.WorkerCrashedException;
import dev.procession.pool.ProcessPoolExecutor;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Does real work on real input, which survives the death of a worker.
 *
 * <p>Each task reads one module of the running JDK, parses its class files and sends its counts
 * back; the main program adds them up. Threads do the same, and both must agree. Then the processes
 * do it once more, and a worker is killed in the middle of its work. In Python this breaks the
 * whole {@code ProcessPoolExecutor}: every pending future fails with {@code BrokenProcessPool} and
 * the pool takes no more work. Here only the task that the worker was running fails, with the
 * reason, and the pool continues; the program submits that task again and arrives at the same
 * totals.
 */
public final class ClassCensus {

    private static final int WORKERS = Math.max(2, Runtime.getRuntime().availableProcessors());

    /** How often to try: a busy worker may finish its task just before it is killed. */
    private static final int ATTEMPTS = 5;

    private final PrintStream out;
    private final List<String> modules;

    private ClassCensus(PrintStream out) throws IOException {
        this.out = out;
        this.modules = JdkModules.names();
    }

    /**
     * Runs the sample. The exit status is 0 if all totals agreed and just one task was lost.
     *
     * @param args ignored
     * @throws Exception if the JDK could not be read
     */
    public static void main(String[] args) throws Exception {
        System.exit(run(System.out) ? 0 : 1);
    }

    static boolean run(PrintStream out)
            throws IOException, InterruptedException, ExecutionException {
        return new ClassCensus(out).run();
    }

    private boolean run() throws InterruptedException, ExecutionException {
        Census byThreads = byThreads();
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(WORKERS)) {
            Census byProcesses = countAll("processes", pool);
            out.println(new CensusTable(byProcesses));
            return agree("processes and threads", byProcesses, byThreads)
                    && survivesAKill(pool, byThreads);
        }
    }

    private Census byThreads() throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
        try {
            return countAll("threads", threads);
        } finally {
            threads.shutdown();
        }
    }

    private Census countAll(String title, ExecutorService executor)
            throws InterruptedException, ExecutionException {
        CensusRun run = new CensusRun(executor);
        run.count(title, modules, () -> {});
        for (Map.Entry<String, Throwable> failure : run.failures().entrySet()) {
            throw new ExecutionException("module " + failure.getKey(), failure.getValue());
        }
        out.printf("counted by %d %s%n", WORKERS, title);
        return run.census();
    }

    private boolean survivesAKill(ProcessPoolExecutor pool, Census expected)
            throws InterruptedException {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            WorkerKiller killer = new WorkerKiller(pool);
            CensusRun run = new CensusRun(pool);
            run.count("with a kill", modules, killer::onResult);
            if (killer.victim().isPresent() && !run.failures().isEmpty()) {
                return isTheOnlyLoss(run.failures(), killer.victim().getAsLong())
                        && countsAgain(run, expected);
            }
            out.println("the killed worker was between two tasks, so nothing was lost; once more");
        }
        out.println("CHECK FAILED: no worker was caught in the middle of a task");
        return false;
    }

    private boolean isTheOnlyLoss(Map<String, Throwable> failures, long victim) {
        boolean ofTheVictim = true;
        for (Map.Entry<String, Throwable> failure : failures.entrySet()) {
            if (failure.getValue() instanceof WorkerCrashedException crash) {
                out.printf(
                        "killed: pid=%d, signal=%s, lost task: %s%n",
                        crash.pid(), crash.signal(), failure.getKey());
                ofTheVictim &= crash.pid() == victim;
            } else {
                out.printf("failed otherwise: %s, %s%n", failure.getKey(), failure.getValue());
                ofTheVictim = false;
            }
        }
        return check(
                "just the task of the killed worker " + victim + " failed",
                ofTheVictim && failures.size() == 1);
    }

    private boolean countsAgain(CensusRun run, Census expected) throws InterruptedException {
        List<String> lost = List.copyOf(run.failures().keySet());
        run.count("what was lost", lost, () -> {});
        return run.failures().isEmpty()
                && agree("totals after " + lost + " was submitted again", run.census(), expected);
    }

    private boolean agree(String what, Census one, Census other) {
        return check(what + ": " + one.total().sha256(), one.equals(other));
    }

    private boolean check(String what, boolean holds) {
        out.println((holds ? "ok: " : "CHECK FAILED: ") + what);
        return holds;
    }
}
