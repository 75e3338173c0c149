package dev.procession.pool;

import dev.procession.pool.dispatch.PoolFailures;
import dev.procession.pool.dispatch.TaskStack;
import java.time.Duration;

/** Makes the pool's exceptions, whose constructors are not public. */
final class Failures implements PoolFailures {

    @Override
    public Throwable timedOut(
            String what, long taskId, Duration timeout, int worker, long pid, TaskStack where) {
        return new TaskTimeoutException(what, taskId, timeout, worker, pid, where);
    }

    @Override
    public Throwable broken(String pool, Throwable cause) {
        return new BrokenProcessPoolException(pool, cause);
    }
}
