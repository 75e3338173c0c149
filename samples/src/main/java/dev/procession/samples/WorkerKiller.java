package dev.procession.samples;

import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.pool.WorkerInfo;
import dev.procession.pool.WorkerState;
import java.util.OptionalLong;

/** Kills one worker of a pool during a task, as the kernel does when memory runs out. */
final class WorkerKiller {

    /** How many results to wait for, so that some tasks are done and some are not. */
    private static final int RESULTS_BEFORE = 3;

    private final ProcessPoolExecutor pool;
    private int results;
    private OptionalLong victim = OptionalLong.empty();

    WorkerKiller(ProcessPoolExecutor pool) {
        this.pool = pool;
    }

    /** Counts a result; kills one worker, once, when enough have come and a worker is busy. */
    void onResult() {
        results++;
        if (results < RESULTS_BEFORE || victim.isPresent()) {
            return;
        }
        for (WorkerInfo worker : pool.workers()) {
            if (worker.state() == WorkerState.BUSY && kill(worker.pid())) {
                victim = OptionalLong.of(worker.pid());
                return;
            }
        }
    }

    /** Sends SIGKILL; false if the process had ended already. */
    private static boolean kill(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::destroyForcibly).orElse(false);
    }

    /** The process that was killed, if any. */
    OptionalLong victim() {
        return victim;
    }
}
