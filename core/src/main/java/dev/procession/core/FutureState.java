package dev.procession.core;

import com.google.common.util.concurrent.Uninterruptibles;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks a future how it stands, without caring for its result. */
final class FutureState {

    private FutureState() {}

    /** Blocks until the future is done; false if the deadline came first. */
    static boolean awaitDone(Future<?> future, Deadline deadline) throws InterruptedException {
        if (future.isDone()) {
            return true;
        }
        try {
            if (deadline.never()) {
                // In a worker of a ForkJoinPool this may run other tasks meanwhile; a timed wait
                // would only block there.
                future.get();
            } else {
                future.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
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
