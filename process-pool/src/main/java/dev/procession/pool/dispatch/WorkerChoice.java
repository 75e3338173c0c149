package dev.procession.pool.dispatch;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One look at all workers, in which each says how much it has to do and how much it would take: the
 * next task is for the one with least to do. Used by one thread, under the lock of {@link
 * PoolState}.
 *
 * <p>While the workers that are awake occupy all processors, it does not help to wake another one
 * for a task that they will have done before that one has come to itself. So a task goes behind
 * others then, and where its worker has no credit for it, it waits in the queue. That is right only
 * as long as the tasks are as short as the last ones were: a worker whose task takes longer than
 * {@link Credit#WINDOW_NANOS} is not counted.
 */
final class WorkerChoice {

    /** To wake a process and to change to it takes some tens of microseconds. */
    private static final long WAKE_UP_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    /** A task that takes no longer costs less processor time than a wake-up does. */
    private static final long QUICK_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    private int busy;
    private int busyWithQuick;

    private @Nullable WorkerRun soonFree;
    private long soonNanos;
    private int soonShare;

    private @Nullable WorkerRun leastLoaded;
    private int leastLoad;
    private boolean leastIdle;
    private int leastRoom;
    private int nextLoad = Integer.MAX_VALUE;

    /** A worker whose tasks take long, or of whose tasks none has ended. */
    void addBusy() {
        busy++;
    }

    /**
     * A worker that has short tasks.
     *
     * @param room how many tasks it would take
     * @param meanNanos how long one of its tasks takes, by the last ones
     * @param load how many it has
     */
    void addBusy(WorkerRun run, int room, long meanNanos, int load) {
        long taskNanos = Math.max(1, meanNanos);
        long workNanos = taskNanos * load;
        boolean quick = taskNanos <= QUICK_NANOS;
        busy++;
        busyWithQuick += quick ? 1 : 0;
        if (room > 0
                && (quick || workNanos < WAKE_UP_NANOS)
                && (soonFree == null || workNanos < soonNanos)) {
            long until = soonFree == null ? Credit.WINDOW_NANOS : soonNanos;
            soonFree = run;
            soonNanos = workNanos;
            soonShare = share(room, (until - workNanos) / taskNanos);
        } else if (soonFree != null && room > 0) {
            soonShare = share(soonShare, (workNanos - soonNanos) / taskNanos);
        }
    }

    private static int share(int most, long wanted) {
        return (int) Math.max(1, Math.min(most, wanted));
    }

    /** A worker that takes so many more tasks, and has so many. */
    void addTaker(WorkerRun run, int room, int load, boolean idle) {
        boolean better =
                leastLoaded == null
                        || load < leastLoad
                        || (load == leastLoad && idle && !leastIdle);
        if (better) {
            nextLoad = leastLoaded == null ? Integer.MAX_VALUE : leastLoad;
            leastLoaded = run;
            leastLoad = load;
            leastIdle = idle;
            leastRoom = room;
        } else {
            nextLoad = Math.min(nextLoad, load);
        }
    }

    /** Whether the next task goes to a worker that is awake, or waits for one. */
    boolean isForAwake() {
        return busy >= PROCESSORS && (soonFree != null || busyWithQuick >= PROCESSORS);
    }

    /** Returns the worker for the next task; null if it has to wait. */
    @Nullable WorkerRun worker() {
        return isForAwake() ? soonFree : leastLoaded;
    }

    /** Whether the worker for the next task has others to do first. */
    boolean isWorkerLoaded() {
        return isForAwake() || leastLoad > 0;
    }

    /** Returns how many tasks it may have before another one has less to do. */
    int share() {
        return isForAwake() ? soonShare : share(leastRoom, (long) nextLoad - leastLoad);
    }
}
