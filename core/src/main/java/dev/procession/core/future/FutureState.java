package dev.procession.core.future;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.procession.core.time.Timeout;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks a future how it stands, without caring for its result. */
final class FutureState {

    private FutureState() {}

    /** Blocks until the future is done; false if the timeout came first. */
    static boolean awaitDone(Future<?> future, Timeout timeout) throws InterruptedException {
        if (future.isDone()) {
            return true;
        }
        try {
            if (!timeout.isLimited()) {
                // In a worker of a ForkJoinPool this may run other tasks meanwhile; a timed wait
                // would only block there.
                future.get();
            } else {
                future.get(timeout.remainingNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (TimeoutException expired) {
            return future.isDone();
        } catch (ExecutionException | RuntimeException ended) {
            // Failed or cancelled: whoever asks for the result will be told.
            return true;
        }
        return true;
    }

    /** Whether a future that is done ended with an exception; being cancelled is not one. */
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
