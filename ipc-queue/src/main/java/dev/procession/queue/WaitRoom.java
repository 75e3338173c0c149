package dev.procession.queue;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.log.Log;
import dev.procession.core.memory.KillPoint;
import dev.procession.core.time.Timeout;
import dev.procession.queue.ring.TwoLockRing;
import dev.procession.queue.ring.Waiting;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads of this process that wait at a queue, see {@link Waiting}. Thread-safe.
 *
 * <p>One thread, the leader, sleeps on the process's {@link QueueBell}; the others, the followers,
 * park. So a process with one waiting thread is woken by one system call, and a process with a
 * hundred waiting threads has one socket and wakes ten times a second while nothing happens. When
 * the leader wakes, it signals each thread that can proceed. When the leader leaves, another thread
 * becomes the leader.
 *
 * <p>For each {@link Waiting} this process has a bit in shared memory. A thread that is about to
 * wait sets the bit, looks at the queue once more, and sleeps. A process that changes the queue
 * clears the bit and wakes this process. Before the leader checks the remaining threads it sets the
 * bit again for them.
 */
final class WaitRoom implements AutoCloseable {

    private static final Log LOG = Log.of(WaitRoom.class);

    /** The longest sleep of the leader: the process that should wake it may have died before. */
    private static final long LEADER_NANOS = 100_000_000;

    /** The longest sleep of a follower: the leader, in this process, wakes it. */
    private static final long FOLLOWER_NANOS = 1_000_000_000;

    /** The longest sleep of a leader without a bell, for example when no descriptor is free. */
    private static final long BELLESS_NANOS = 5_000_000;

    private static final class Sleeper {
        private final Thread thread = Thread.currentThread();
        private final Waiting waiting;
        private final BooleanSupplier ready;
        private volatile boolean signalled;

        Sleeper(Waiting waiting, BooleanSupplier ready) {
            this.waiting = waiting;
            this.ready = ready;
        }
    }

    /** Kept, because each call of {@code values()} makes an array. */
    private static final Waiting[] ALL = Waiting.values();

    private final TwoLockRing ring;
    private final Path bellPath;

    @GuardedBy("this")
    private final Map<Waiting, Queue<Sleeper>> groups = new EnumMap<>(Waiting.class);

    @GuardedBy("this")
    private @Nullable Sleeper leader;

    @GuardedBy("this")
    private @Nullable QueueBell bell;

    @GuardedBy("this")
    private boolean bellFailureLogged;

    @GuardedBy("this")
    private boolean closed;

    WaitRoom(TwoLockRing ring, Path bellPath) {
        this.ring = ring;
        this.bellPath = bellPath;
        for (Waiting waiting : ALL) {
            groups.put(waiting, new ArrayDeque<>());
        }
    }

    /**
     * Sleeps once: until the thread may be able to proceed, or the time is over.
     *
     * @param waiting what the thread waits for
     * @param ready whether the thread can proceed; must not block
     * @param nanos how long at most
     */
    void sleep(Waiting waiting, BooleanSupplier ready, long nanos) throws InterruptedException {
        Timeout time = Timeout.ofNanos(nanos);
        Sleeper me = new Sleeper(waiting, ready);
        enter(me);
        try {
            if (KillPoint.ON) {
                KillPoint.WAIT_ANNOUNCED.reached();
            }
            if (ready.getAsBoolean()) {
                return;
            }
            while (!me.signalled) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                long remaining = time.remainingNanos();
                if (remaining <= 0) {
                    return;
                }
                if (lead(me)) {
                    sleepOnBell(remaining);
                    look();
                } else {
                    LockSupport.parkNanos(this, Math.min(remaining, FOLLOWER_NANOS));
                }
            }
        } finally {
            leave(me);
        }
    }

    @GuardedBy("this")
    private Queue<Sleeper> group(Waiting waiting) {
        return Objects.requireNonNull(groups.get(waiting));
    }

    private synchronized void enter(Sleeper me) {
        openBell();
        group(me.waiting).add(me);
        ring.slots().announce(me.waiting);
        VarHandle.fullFence(); // orders the announcement before the look at the queue
    }

    @GuardedBy("this")
    private void openBell() {
        if (bell != null || closed) {
            return;
        }
        try {
            bell = QueueBell.open(bellPath);
        } catch (IOException e) {
            if (!bellFailureLogged) {
                bellFailureLogged = true;
                LOG.log(
                        Level.WARNING,
                        "a thread waits at a queue without a bell; looking often instead:"
                                + " path="
                                + bellPath,
                        e);
            }
        }
    }

    private synchronized boolean lead(Sleeper me) {
        if (leader == null && !me.signalled) {
            leader = me;
        }
        return leader == me;
    }

    private void sleepOnBell(long nanos) {
        QueueBell current;
        boolean ended;
        synchronized (this) {
            current = bell;
            ended = closed;
        }
        if (current == null) {
            // Nothing wakes a thread at an ended queue; its caller bounds the sleep itself.
            LockSupport.parkNanos(this, Math.min(nanos, ended ? LEADER_NANOS : BELLESS_NANOS));
            return;
        }
        try {
            current.await(Math.min(nanos, LEADER_NANOS));
        } catch (IOException e) {
            LOG.log(Level.WARNING, "a sleep on the bell of a queue failed", e);
            LockSupport.parkNanos(this, Math.min(nanos, BELLESS_NANOS));
        }
    }

    /** Signals the threads that can proceed. */
    private synchronized void look() {
        for (Waiting waiting : ALL) {
            look(waiting);
        }
    }

    /**
     * Signals one thread that waits for this and can proceed, or all of them where one thread does
     * not use up what the others wait for.
     *
     * @return whether any thread waits for this
     */
    synchronized boolean look(Waiting waiting) {
        Queue<Sleeper> group = group(waiting);
        if (group.isEmpty()) {
            return false;
        }
        if (!ring.slots().isAnnounced(waiting)) {
            // Announced before the look: later changes wake this process.
            ring.slots().announce(waiting);
            VarHandle.fullFence();
        }
        boolean all = waiting == Waiting.IDLE || ring.isClosed();
        for (Sleeper sleeper : group) {
            if (!sleeper.signalled && sleeper.ready.getAsBoolean()) {
                signal(sleeper);
                if (!all) {
                    break;
                }
            }
        }
        return true;
    }

    @GuardedBy("this")
    private void signal(Sleeper sleeper) {
        sleeper.signalled = true;
        wake(sleeper);
    }

    @GuardedBy("this")
    private void wake(Sleeper sleeper) {
        if (sleeper == leader && bell != null) {
            bell.wakeup();
        } else {
            LockSupport.unpark(sleeper.thread);
        }
    }

    private synchronized void leave(Sleeper me) {
        Queue<Sleeper> mine = group(me.waiting);
        mine.remove(me);
        if (mine.isEmpty()) {
            ring.slots().retract(me.waiting);
        }
        if (leader == me) {
            leader = null;
        }
        // Checked for each thread: one that was woken to become the leader may leave without
        // leading, because it was signalled or interrupted.
        if (leader == null) {
            for (Queue<Sleeper> group : groups.values()) {
                for (Sleeper sleeper : group) {
                    if (!sleeper.signalled) {
                        LockSupport.unpark(sleeper.thread); // to become the leader
                        return;
                    }
                }
            }
        }
    }

    /** Wakes all threads that can proceed and closes the bell; the queue has ended. */
    @Override
    public synchronized void close() throws IOException {
        closed = true;
        look();
        QueueBell old = bell;
        bell = null;
        if (old != null) {
            old.close();
        }
    }
}
