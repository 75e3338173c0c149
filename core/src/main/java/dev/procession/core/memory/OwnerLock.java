package dev.procession.core.memory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock between the threads of many processes: one word of shared memory that is zero, or names
 * its owner.
 *
 * <pre>
 *   63..32 member     31..0 thread id in that process
 * </pre>
 *
 * <p>It is for sections of some hundred instructions that leave the structure valid at each of
 * them. Not reentrant. The compare-and-set that takes it writes the owner, so there is no moment at
 * which it is taken by nobody. When the owner has died, a contender proves that and puts itself in
 * the place of the dead: its number is never given again, so the word cannot be that of somebody
 * new.
 *
 * <p>Contenders look for a moment, then offer their processor to others, then sleep for growing
 * times. Of the threads of one process one at a time does so, and the others park behind it. An
 * owner that is stopped is not dead: it is waited for.
 */
public final class OwnerLock {

    private static final int SPINS = Runtime.getRuntime().availableProcessors() == 1 ? 0 : 64;
    private static final long YIELD_NANOS = 50_000; // of time, for each yield may cost a time slice
    private static final long PROBE_NANOS = 1_000_000;
    private static final long FIRST_SLEEP_NANOS = 20_000;
    private static final long LAST_SLEEP_NANOS = 5_000_000;

    private final ByteBuffer memory;
    private final int offset;
    private final long self;
    private final DeathProbe probe;
    private final ReentrantLock contenders = new ReentrantLock();

    /**
     * A lock at a place in shared memory.
     *
     * @param self the number of this process
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
     * Takes the lock, or gives up after a time.
     *
     * @param nanos how long; {@link Long#MAX_VALUE} for ever. An interrupt does not end it.
     */
    public boolean lock(long nanos) {
        long claim = claim();
        return Words.compareAndSet(memory, offset, 0, claim) || contend(claim, nanos);
    }

    /**
     * Gives the lock back; a full fence between what was written inside and what is read next.
     *
     * @throws IllegalStateException if this thread has not got it; who has keeps it
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

    /** Parks behind the other contenders of this process; they hold for a bounded time each. */
    private boolean enter(long nanos) {
        if (nanos == Long.MAX_VALUE) {
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
                interrupted |= Thread.interrupted(); // or the next sleeps would not be any
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
            return true; // this thread's own, from a section that an error ended so badly
        }
        if (owner >>> 32 == self >>> 32) {
            return false; // a thread of this process: it goes on as soon as it may run
        }
        try {
            return probe.isDead(owner >>> 32);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot ask whether a lock's owner is alive", e);
        }
    }
}
