package dev.procession.core.memory;

import dev.procession.core.time.Timeout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock between the threads of many processes: one word of shared memory that is zero or names the
 * owner.
 *
 * <pre>
 *   63..32 member     31..0 thread id in that process
 * </pre>
 *
 * <p>It guards sections of some hundred instructions, after each of which the guarded structure is
 * valid. Not reentrant. The compare-and-set that takes the lock writes the owner, so a taken lock
 * always has an owner. When the owner has died, a contender proves that and replaces it by one
 * compare-and-set: a member's number is never given again, so the word cannot name a new process.
 *
 * <p>A contender spins for a moment, then yields, then sleeps for growing times. In each process
 * one thread at a time does so, and the others park behind it. A stopped owner is not dead:
 * contenders wait for it.
 */
public final class OwnerLock {

    private static final int SPINS = Runtime.getRuntime().availableProcessors() == 1 ? 0 : 64;
    private static final long YIELD_NANOS =
            50_000; // a time and not a count, because each yield may cost a time slice
    private static final long PROBE_NANOS = 1_000_000;
    private static final long FIRST_SLEEP_NANOS = 20_000;
    private static final long LAST_SLEEP_NANOS = 5_000_000;

    private final ByteBuffer memory;
    private final int offset;
    private final long self;
    private final DeathProbe probe;
    private final ReentrantLock contenders = new ReentrantLock();

    /**
     * Uses the lock at an offset in shared memory.
     *
     * @param self this process's member number
     */
    public OwnerLock(ByteBuffer memory, int offset, long self, DeathProbe probe) {
        this.memory = memory;
        this.offset = offset;
        this.self = self << 32;
        this.probe = probe;
    }

    private long claim() {
        return self | (Thread.currentThread().getId() & 0xFFFF_FFFFL);
    }

    /**
     * Takes the lock; false if it could not within the time. An interrupt does not end the wait.
     *
     * @param nanos how long; {@link Timeout#FOREVER} without a limit
     */
    public boolean lock(long nanos) {
        long claim = claim();
        return Words.compareAndSet(memory, offset, 0, claim) || contend(claim, nanos);
    }

    /**
     * Releases the lock. This is a full fence between the stores before it and the loads after it.
     *
     * @throws IllegalStateException if this thread does not hold the lock, whose owner keeps it
     */
    public void unlock() {
        if (!Words.compareAndSet(memory, offset, claim(), 0)) {
            throw new IllegalStateException(
                    "the lock has another owner: member="
                            + (Words.getVolatile(memory, offset) >>> 32)
                            + ", self="
                            + (self >>> 32));
        }
    }

    private boolean contend(long claim, long nanos) {
        for (int turn = 0; turn < SPINS; turn++) {
            Thread.onSpinWait();
            if (attempt(claim)) {
                return true;
            }
        }
        long start = System.nanoTime();
        if (!enter(nanos)) {
            return false;
        }
        try {
            return contendAlone(claim, start, nanos);
        } finally {
            contenders.unlock();
        }
    }

    /**
     * Parks behind the other contenders of this process, each of which contends for a bounded time.
     */
    private boolean enter(long nanos) {
        if (nanos == Timeout.FOREVER) {
            contenders.lock();
            return true;
        }
        boolean interrupted = false;
        long deadline = System.nanoTime() + nanos;
        try {
            while (true) {
                try {
                    return contenders.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // yielding is a courtesy; nothing relies on it
    private boolean contendAlone(long claim, long start, long nanos) {
        long since = System.nanoTime();
        do {
            if (attempt(claim)) {
                return true;
            }
            Thread.yield();
        } while (System.nanoTime() - since < YIELD_NANOS);
        long suspect = 0;
        long sleep = FIRST_SLEEP_NANOS;
        boolean interrupted = false;
        try {
            while (true) {
                if (attempt(claim)) {
                    return true;
                }
                long owner = Words.getVolatile(memory, offset);
                long now = System.nanoTime();
                if (owner != suspect) {
                    suspect = owner;
                    since = now;
                } else if (owner != 0 && now - since >= PROBE_NANOS) {
                    if (isAbandoned(owner, claim)
                            && Words.compareAndSet(memory, offset, owner, claim)) {
                        if (KillPoint.ON) {
                            KillPoint.LOCK_TAKEN_OVER.reached();
                        }
                        return true;
                    }
                    since = now;
                }
                if (now - start >= nanos) {
                    return false;
                }
                LockSupport.parkNanos(this, sleep);
                interrupted |= Thread.interrupted(); // else the next sleeps would end at once
                sleep = Math.min(2 * sleep, LAST_SLEEP_NANOS);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean attempt(long claim) {
        return Words.getVolatile(memory, offset) == 0
                && Words.compareAndSet(memory, offset, 0, claim);
    }

    private boolean isAbandoned(long owner, long claim) {
        if (owner == claim) {
            return true; // this thread took the lock before, and an error kept it from the unlock
        }
        if (owner >>> 32 == self >>> 32) {
            return false; // a thread of this process, which will release it
        }
        try {
            return probe.isDead(owner >>> 32);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot find out whether a lock's owner is alive", e);
        }
    }
}
