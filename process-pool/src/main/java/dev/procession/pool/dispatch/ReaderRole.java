package dev.procession.pool.dispatch;

import dev.procession.core.lane.WaitSpin;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.locks.LockSupport;

/**
 * The role of the thread that reads what one worker sends: the pool's own thread, or one that waits
 * for a task of the worker. A thread takes it only if it is free, and never sleeps with it.
 *
 * <p>What is here is guarded by having the role. It stays when a reader fails in the middle, and
 * the next one goes on. The role is given back by a store to {@link #taken}, because a call may
 * fail when the stack is full.
 */
final class ReaderRole {

    static final int FREE = 0;
    private static final int TAKEN = 1;

    /** Whether the worker has died and all that it has sent was read. */
    private static final int OVER = 2;

    private static final AtomicIntegerFieldUpdater<ReaderRole> STATE =
            AtomicIntegerFieldUpdater.newUpdater(ReaderRole.class, "taken");

    static final long NONE = -1;

    private static final long WAIT_NANOS = 50_000;

    /** Who has the role stores {@link #FREE} to give it back. */
    volatile int taken;

    /** How many of the worker's oldest tasks have an outcome that was read; a hint after errors. */
    int settledCount;

    /** The id of an outcome whose task is settled and which is not consumed yet. */
    long unconsumed = NONE;

    private final WaitSpin spin = new WaitSpin();
    private final SettledTasks settled = new SettledTasks();

    /** Takes the role; false if a thread has it, this one perhaps, or nothing is to be read. */
    boolean tryTake() {
        return taken == FREE && STATE.compareAndSet(this, FREE, TAKEN);
    }

    /** Waits until the thread that has the role is through, and takes it. */
    void takeLast() {
        while (!STATE.compareAndSet(this, FREE, TAKEN) && taken != OVER) {
            LockSupport.parkNanos(this, WAIT_NANOS);
        }
    }

    /** Nobody reads this worker any more: its lane belongs to the next one. */
    void end() {
        taken = OVER;
    }

    /** Whether a thread has the role. */
    boolean isTaken() {
        return taken == TAKEN;
    }

    /** Whether there are tasks that an earlier reader has settled, and did not finish. */
    boolean hasSettled() {
        return settled.first() != null;
    }

    /** Returns how the thread looks for a message for a moment. */
    WaitSpin spin() {
        return spin;
    }

    /** Returns the tasks whose futures do not have their outcome yet. */
    SettledTasks settled() {
        return settled;
    }
}
