package dev.procession.core.future;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.procession.core.time.Timeout;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The state of a future, whatever its result is. */
final class FutureState {

    private FutureState() {}

    /** Blocks until the future is done; false if the timeout expired before. */
    static boolean awaitDone(Future<?> future, Timeout timeout) throws InterruptedException {
        if (future.isDone()) {
            return true;
        }
        try {
            if (!timeout.isLimited()) {
                // In a worker of a ForkJoinPool an untimed wait may run other tasks; a timed one
                // only blocks.
                future.get();
            } else {
                future.get(timeout.remainingNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (TimeoutException expired) {
            return future.isDone();
        } catch (ExecutionException | RuntimeException ended) {
            // Failed or cancelled, which is done.
            return true;
        }
        return true;
    }

    /** True if a future that is done ended with an exception; cancellation does not count. */
    static boolean hasFailed(Future<?> future) {
        if (future.isCancelled()) {
            return false;
        }
        try {
            Uninterruptibles.getUninterruptibly(future);
            return false;
        } catch (ExecutionException | RuntimeException failed) {
            return true;
        }
    }
}
