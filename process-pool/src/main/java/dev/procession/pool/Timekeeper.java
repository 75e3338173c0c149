package dev.procession.pool;

import java.util.concurrent.TimeUnit;

/**
 * What time alone brings about in a pool: tasks that run too long, interrupted ones that do not
 * end, workers without work. Guarded by the dispatcher's lock.
 */
final class Timekeeper {

    /** How long a worker has to exit when it was told to. */
    static final long EXIT_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long SLEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** What holds tasks up is not looked for more often. */
    private static final long MIN_NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Board board;
    private final PoolOptions options;
    private final Tally tally;

    Timekeeper(Board board, PoolOptions options, Tally tally) {
        this.board = board;
        this.options = options;
        this.tally = tally;
    }

    /** Does what is due, and returns for how long nothing else will be. */
    long tick(long now, Moves moves) {
        long nap = SLEEP_NANOS;
        for (WorkerSlot slot : board.slots()) {
            if (slot.mustDie(now)) {
                slot.kill();
            } else if (slot.killAt() != Long.MAX_VALUE) {
                nap = Math.min(nap, slot.killAt() - now);
            }
            nap = Math.min(nap, watchHead(slot, now, moves));
        }
        board.releaseHeldUp(now);
        nap = Math.min(nap, Math.max(MIN_NAP_NANOS, board.untilSomethingIsHeldUp(now)));
        board.endWorn(now, now + EXIT_NANOS);
        board.endIdle(now, now + EXIT_NANOS);
        if (board.hasWaiting()) {
            long pause = board.starting().pause(now);
            nap = pause > 0 ? Math.min(nap, pause) : nap;
        }
        long sparePause = board.sparePause(now);
        nap = sparePause > 0 ? Math.min(nap, sparePause) : nap;
        return Math.max(0, nap);
    }

    /** Ends a task that has run too long; how long the oldest one may still run. */
    private long watchHead(WorkerSlot slot, long now, Moves moves) {
        Task task = slot.head();
        if (task == null || task.timeoutNanos() == 0 || slot.isStopping(task)) {
            return SLEEP_NANOS;
        }
        long left = slot.headSince() + task.timeoutNanos() - now;
        if (left > 0) {
            return left;
        }
        if (!slot.hasBegun(task)) {
            slot.headWaits(now); // its time has not begun either
            return task.timeoutNanos();
        }
        if (!task.isOver()) {
            tally.timedOut();
        } // else its owner has completed the future, and still the worker is the pool's
        moves.ended(task, new Verdict.Failed(() -> new TaskTimeoutException(task, slot.index())));
        board.addFirst(slot.stop(task, now + options.graceNanos()));
        return options.graceNanos();
    }
}
