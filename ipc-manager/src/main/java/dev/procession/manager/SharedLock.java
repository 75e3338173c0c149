package dev.procession.manager;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * A lock that processes share: Python's {@code Manager().RLock()} and {@code Lock()} as a {@link
 * Lock}. Its owner is a thread of a process. A lock from {@code rlock} may be taken again by its
 * owner, without asking the server, and wants as many unlocks; one from {@code lock} may not: its
 * owner gets an {@link IllegalMonitorStateException} instead of a deadlock, and {@code false} from
 * {@code tryLock}.
 *
 * <pre>{@code
 * lock.lock();
 * try {
 *     total.set(total.get() + 1);
 * } finally {
 *     lock.unlock();
 * }
 * }</pre>
 *
 * <p>Whoever waits longest is next, so nobody barges in; {@code tryLock()} fails while others wait.
 *
 * <p><b>Death.</b> When the kernel says that the owner's process is dead, the next one gets the
 * lock at once, and {@link #wasAbandoned} tells it to look after what the lock guards. A broken
 * connection changes nothing. When the server dies all its locks are gone: whoever is in a guarded
 * section may then not be alone there once a new server runs. Where that matters give the {@link
 * #fencingToken} along with each write, and let the receiver refuse a lesser one than it has seen.
 */
public interface SharedLock extends Lock {

    /**
     * Tries to take the lock for a while.
     *
     * @param timeout how long at most
     * @return whether the calling thread has it
     * @throws InterruptedException if this thread is interrupted; it does not have the lock then
     */
    default boolean tryLock(Duration timeout) throws InterruptedException {
        return tryLock(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
    }

    /**
     * The number of this acquisition: greater than that of every acquisition of any lock of this
     * server before, also of one that ran at this address before.
     *
     * @return the token
     * @throws IllegalMonitorStateException if the calling thread does not have the lock
     */
    long fencingToken();

    /**
     * Whether the owner before this one died with the lock in its hands, so what it guards may be
     * half changed.
     *
     * @return whether this acquisition inherited from the dead
     * @throws IllegalMonitorStateException if the calling thread does not have the lock
     */
    boolean wasAbandoned();

    /**
     * How often the calling thread has the lock.
     *
     * @return 0 if it has not
     */
    int holdCount();

    /**
     * Whether the calling thread has the lock, as far as this process knows: a server that died
     * takes its locks along, which the next call finds out.
     *
     * @return whether it has
     */
    boolean isHeldByCurrentThread();

    /**
     * Whether anybody has the lock now.
     *
     * @return whether somebody had it a moment ago
     */
    boolean isLocked();

    /**
     * A new condition of this lock, which nobody else has; it may be captured by tasks.
     *
     * @return a condition that may be sent to other processes
     */
    @Override
    Condition newCondition();

    /**
     * The condition of this lock with a name, the same for all processes.
     *
     * @param name which
     * @return a proxy of it
     */
    Condition condition(String name);
}
