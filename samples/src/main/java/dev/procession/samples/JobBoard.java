package dev.procession.samples;

import dev.procession.core.ChildProcess;
import dev.procession.manager.Manager;
import dev.procession.manager.SharedDict;
import dev.procession.manager.SharedEvent;
import dev.procession.manager.SharedQueue;
import java.io.PrintStream;
import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/**
 * A board of jobs that survives its workers. Each worker leases a job, does it, stores the result
 * and only then removes the job. The first worker is killed while it leases a job: the job returns
 * to the board, and another worker does it.
 */
public final class JobBoard {

    private static final int JOBS = 40;
    private static final int FATAL_JOB = 3;
    private static final Duration LEASE_TIMEOUT = Duration.ofSeconds(2);

    private JobBoard() {}

    /** The board, which the workers capture. */
    private record Board(
            SharedQueue<Integer> jobs, SharedDict<Integer, Long> results, SharedEvent stuck)
            implements Serializable {

        private static final long serialVersionUID = 1L;

        /** Does jobs until the board is empty. */
        int work() throws InterruptedException {
            int done = 0;
            Optional<SharedQueue.Lease<Integer>> job = jobs.lease(LEASE_TIMEOUT);
            while (job.isPresent()) {
                try (SharedQueue.Lease<Integer> lease = job.get()) {
                    results.put(lease.value(), square(lease.value()));
                    lease.done();
                    done++;
                }
                job = jobs.lease(LEASE_TIMEOUT);
            }
            return done;
        }

        /** Does jobs, and hangs at the fatal one until the process is killed. */
        void workBadly() throws InterruptedException {
            while (true) {
                try (SharedQueue.Lease<Integer> lease = jobs.lease(LEASE_TIMEOUT).orElseThrow()) {
                    if (lease.value() == FATAL_JOB) {
                        stuck.set();
                        Thread.sleep(Long.MAX_VALUE);
                    }
                    results.put(lease.value(), square(lease.value()));
                    lease.done();
                }
            }
        }

        private static long square(int number) {
            return (long) number * number;
        }
    }

    /**
     * Runs the sample. The exit status is 0 if every job was done.
     *
     * @param args ignored
     * @throws Exception if a worker failed unexpectedly
     */
    public static void main(String[] args) throws Exception {
        System.exit(run(System.out) ? 0 : 1);
    }

    static boolean run(PrintStream out) throws ExecutionException, InterruptedException {
        try (Manager manager = Manager.start()) {
            Board board =
                    new Board(
                            manager.queue("jobs", JOBS),
                            manager.dict("results"),
                            manager.event("stuck"));
            for (int job = 0; job < JOBS; job++) {
                board.jobs().put(job);
            }
            ChildProcess<Void> bad = ChildProcess.start(board::workBadly);
            board.stuck().await();
            out.println("job board: a worker is stuck with job " + FATAL_JOB + " and is killed");
            bad.kill();
            bad.join(); // its job returns to the board when its process has ended
            ChildProcess<Integer> first = ChildProcess.start(board::work);
            ChildProcess<Integer> second = ChildProcess.start(board::work);
            out.printf("job board: two workers did %d jobs%n", first.result() + second.result());
            boolean right = board.results().size() == JOBS && board.jobs().isEmpty();
            out.println(right ? "job board: every job was done" : "job board: JOBS ARE MISSING");
            return right;
        }
    }
}
