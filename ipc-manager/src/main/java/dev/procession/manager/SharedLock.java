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
 * <p>The thread that has waited longest is next, so none can overtake it; {@code tryLock()} fails
 * while others wait.
 *
 * <p><b>Death.</b> When the kernel says that the owner's process is dead, the next thread gets the
 * lock at once, and {@link #wasAbandoned} is true for it: it should check the guarded data. A
 * broken connection changes nothing. A thread that ends with the lock has it until its process
 * ends, as with the JDK's locks. When the server dies all its locks are gone: a thread in a guarded
 * section may then not be alone there once a new server runs. Where that matters, send the {@link
 * #fencingToken} with each write, and let the receiver refuse a token that is less than the
 * greatest it has seen.
 */
public interface SharedLock extends Lock {

    /**
     * Tries to take the lock, for a limited time.
     *
     * @param timeout how long to wait at most
     * @return whether the calling thread holds the lock
     * @throws InterruptedException if this thread is interrupted; it does not have the lock then
     */
    default boolean tryLock(Duration timeout) throws InterruptedException {
        return tryLock(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
    }

    /**
     * Returns the number of this acquisition. It is greater than that of every earlier acquisition
     * of any lock of this server, and of servers before it at this address.
     *
     * @return the token
     * @throws IllegalMonitorStateException if the calling thread does not have the lock
     */
    long fencingToken();

    /**
     * Whether the owner before this one died with the lock, so that the guarded data may be half
     * changed.
     *
     * @return whether the lock was taken over from a dead process
     * @throws IllegalMonitorStateException if the calling thread does not have the lock
     */
    boolean wasAbandoned();

    /**
     * Returns how often the calling thread holds the lock.
     *
     * @return 0 if it does not hold it
     */
    int holdCount();

    /**
     * Whether the calling thread holds the lock, as far as this process knows: the locks of a dead
     * server are gone, which the next call finds out.
     *
     * @return whether it holds the lock
     */
    boolean isHeldByCurrentThread();

    /**
     * Whether any thread holds the lock now.
     *
     * @return whether a thread held it a moment ago
     */
    boolean isLocked();

    /**
     * Returns a new condition of this lock, distinct from all others; it may be captured by tasks.
     *
     * @return the condition, which may be sent to other processes
     */
    @Override
    Condition newCondition();

    /**
     * Returns the condition of this lock with a name, the same one for all processes.
     *
     * @param name which
     * @return a proxy of it
     */
    Condition condition(String name);
}
