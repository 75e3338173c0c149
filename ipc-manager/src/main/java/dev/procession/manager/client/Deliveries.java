package dev.procession.manager.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.log.Log;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Calls that have ended and whose futures are not completed yet; any thread that may run the user's
 * code completes the next one. No lock is held meanwhile, for actions run that depend on the
 * futures.
 *
 * <p>An action that waits for another future completes others meanwhile, whose actions may wait as
 * well. So that this does not fill the thread's stack, a thread goes {@value #MOST_NESTED} deep;
 * then it leaves the others to another one of {@value #MOST_THREADS} threads at most, which end
 * after a second without work. When these all run actions it goes deeper all the same, so that no
 * action waits for ever for one that nobody runs. This holds for actions that wait for futures of
 * the manager. One that waits for another action by other means, by a latch for example, may wait
 * for ever, as on any executor with a bounded number of threads.
 */
final class Deliveries {

    /** Actions that wait for each other on one thread, at most. */
    static final int MOST_NESTED = 32;

    /** Other threads that run actions, at most. */
    private static final int MOST_THREADS = CallWindow.CALLS;

    private static final Log LOG = Log.of(Deliveries.class);

    private final ReaderTurns turns;

    @GuardedBy("this")
    private final EndedCalls ended = new EndedCalls();

    /** The client's thread has ended: whoever reads answers completes their futures. */
    private volatile boolean threadEnded;

    /** Another thread has to deliver and has not begun. */
    @GuardedBy("this")
    private boolean starting;

    /** The other threads; it rejects when all of them run actions. */
    private final Executor others;

    private volatile boolean empty = true;

    /** How many actions of the calling thread wait for each other. */
    private final ThreadLocal<Integer> nested = ThreadLocal.withInitial(() -> 0);

    Deliveries(ReaderTurns turns) {
        this(turns, MOST_THREADS);
    }

    /** For tests of the bound of other threads. */
    Deliveries(ReaderTurns turns, int mostThreads) {
        this.turns = turns;
        this.others =
                new ThreadPoolExecutor(
                        0,
                        mostThreads,
                        1,
                        TimeUnit.SECONDS,
                        new SynchronousQueue<>(),
                        Deliveries::newThread);
    }

    synchronized void add(PendingCall call) {
        ended.add(call);
        empty = false;
    }

    private synchronized @Nullable PendingCall poll() {
        PendingCall call = ended.poll();
        empty = ended.isEmpty();
        return call;
    }

    boolean isEmpty() {
        return empty;
    }

    /** Whether the calling thread leaves the next actions to another one. */
    boolean areTooDeep() {
        return nested.get() >= MOST_NESTED;
    }

    /** Completes all, also those that are added meanwhile, or has another thread do so. */
    void deliver() {
        if (empty) {
            return;
        }
        int depth = nested.get();
        if (depth >= MOST_NESTED && deliverElsewhere()) {
            return;
        }
        nested.set(depth + 1);
        try {
            deliverAll();
        } finally {
            nested.set(depth);
        }
    }

    /** The client's thread ends, and completes what there is. */
    void endOfThread() {
        threadEnded = true;
        deliver();
    }

    /** Completes all, if the client's thread does not any more. */
    void deliverIfThreadEnded() {
        if (threadEnded) {
            deliver();
        }
    }

    private void deliverAll() {
        while (!empty) {
            PendingCall call = poll();
            if (call == null) {
                return;
            }
            if (!empty && turns.isCallerAsleep()) {
                turns.wakeThread(); // this call's action may take long
            }
            try {
                call.handOver();
            } catch (Throwable e) { // an action's failure is its own
                LOG.report(Level.WARNING, "completing an asynchronous call failed", e);
            }
        }
    }

    private static Thread newThread(Runnable body) {
        Thread made = new Thread(body, "procession-manager-actions");
        made.setDaemon(true);
        return made;
    }

    /** Returns false if there is no other thread: then this one has to go deeper. */
    private synchronized boolean deliverElsewhere() {
        if (starting || empty) {
            return true;
        }
        try {
            others.execute(this::deliverFromTheStart);
            starting = true;
            return true;
        } catch (RejectedExecutionException e) { // all run actions
            return false;
        } catch (OutOfMemoryError e) { // no threads
            LOG.report(Level.WARNING, "no thread for actions that wait for others", e);
            return false;
        }
    }

    private void deliverFromTheStart() {
        synchronized (this) {
            starting = false;
        }
        deliver();
    }
}
