package dev.procession.pool.dispatch;

import dev.procession.core.lane.WaitSpin;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The role of the thread that reads what one worker sends: the pool's own thread, or one that waits
 * for a task of the worker. A thread takes it only if it is free, and never sleeps with it.
 *
 * <p>What is here is guarded by having the role. It stays when a reader fails in the middle, and
 * the next one goes on.
 */
final class ReaderRole {

    private final ReentrantLock lock = new ReentrantLock();
    private final WaitSpin spin = new WaitSpin();
    private final SettledTasks settled = new SettledTasks();

    /** How many of the worker's oldest tasks have an outcome that was read. */
    private int settledCount;

    /** Whether the worker has died and all that it has sent was read. */
    private boolean over;

    /** Takes the role; false if another thread has it, or this one, or nothing is to be read. */
    boolean tryTake() {
        if (lock.isHeldByCurrentThread() || !lock.tryLock()) {
            return false;
        }
        if (over) {
            lock.unlock();
            return false;
        }
        return true;
    }

    /** Takes the role for the last time, and waits until the thread that has it is through. */
    void takeLast() {
        lock.lock();
    }

    void giveBack() {
        lock.unlock();
    }

    /** Nobody reads this worker any more: its lane belongs to the next one. */
    void end() {
        over = true;
    }

    /** Whether a thread has the role. */
    boolean isTaken() {
        return lock.isLocked();
    }

    /** Returns how the thread looks for a message for a moment. */
    WaitSpin spin() {
        return spin;
    }

    /** Returns the tasks whose futures do not have their outcome yet. */
    SettledTasks settled() {
        return settled;
    }

    int settledCount() {
        return settledCount;
    }

    void countSettled() {
        settledCount++;
    }

    void resetCount() {
        settledCount = 0;
    }
}
