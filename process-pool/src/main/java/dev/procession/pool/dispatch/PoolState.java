package dev.procession.pool.dispatch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The lock of a pool, and what it guards: the queue and the workers, in the {@link Scheduler}, and
 * how far the pool's life has come.
 *
 * <p>Nothing waits, forks or runs the user's code under the lock. What is decided under it is
 * collected in {@link Decisions}, which are carried out after it is released.
 */
final class PoolState {

    /** How far the pool's end has come; it only goes on. */
    enum Phase {
        /** Accepts tasks. */
        RUNNING,
        /** Accepts none, and finishes those it has: after any kind of shutdown. */
        SHUTDOWN,
        /** Has told its workers to exit: when no task is in the pool, or after a fatal error. */
        STOPPING
    }

    final ReentrantLock lock = new ReentrantLock();

    /** Threads that submit wait here for room in the queue; each removed task signals one. */
    final Condition room = lock.newCondition();

    /** Threads that start all workers wait here for the starts of others; each end signals all. */
    final Condition started = lock.newCondition();

    private final PoolOptions options;

    private final Scheduler scheduler;

    @GuardedBy("lock")
    private Phase phase = Phase.RUNNING;

    /** Whether the number of tasks in the pool is limited; only then are they counted. */
    private final boolean isBounded;

    /** Tasks that were accepted and have neither ended nor been cancelled. */
    @GuardedBy("lock")
    private int acceptedTasks;

    /** Whether tasks of workers that have died are no longer repeated. */
    @GuardedBy("lock")
    private boolean retriesDisabled;

    /** Whether the phase is not RUNNING; read without the lock. */
    private volatile boolean shutDown;

    PoolState(PoolOptions options) {
        this.options = options;
        this.isBounded = options.queueCapacity() != 0;
        this.scheduler = new Scheduler(options);
    }

    @GuardedBy("lock")
    Scheduler scheduler() {
        return scheduler;
    }

    @GuardedBy("lock")
    Phase phase() {
        return phase;
    }

    @GuardedBy("lock")
    void refuseMore() {
        if (phase == Phase.RUNNING) {
            phase = Phase.SHUTDOWN;
            shutDown = true;
            scheduler.keepNoMinimum();
        }
    }

    @GuardedBy("lock")
    void stop() {
        phase = Phase.STOPPING;
    }

    boolean isShutdown() {
        return shutDown;
    }

    @GuardedBy("lock")
    void disableRetries() {
        retriesDisabled = true;
    }

    @GuardedBy("lock")
    boolean areRetriesDisabled() {
        return retriesDisabled;
    }

    @GuardedBy("lock")
    boolean hasRoom() {
        return !isBounded || acceptedTasks < options.queueCapacity() + scheduler.limit();
    }

    /** Whether tasks wait for a worker; read without the lock. */
    boolean hasWaiting() {
        return scheduler.hasWaiting();
    }

    /** See {@link Scheduler#watchNanos}; without the lock. */
    long watchNanos() {
        return scheduler.watchNanos();
    }

    @GuardedBy("lock")
    void countAccepted() {
        acceptedTasks++;
    }

    /**
     * Removes a task from the pool, so that it takes no room any more; harmless if repeated. Takes
     * the lock itself if tasks wait for room.
     */
    void removeFromPool(Task task) {
        if (!isBounded) {
            if (task.markRemoved()) {
                leave(task);
            }
            return;
        }
        lock.lock();
        try {
            if (task.markRemoved()) {
                acceptedTasks--;
                room.signal();
                leave(task);
            }
        } finally {
            lock.unlock();
        }
    }

    private void leave(Task task) {
        task.record(options.name());
        task.ends().abandon(); // no process will attach to them any more
        task.forget();
    }
}
