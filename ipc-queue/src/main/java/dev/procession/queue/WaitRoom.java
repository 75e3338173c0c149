package dev.procession.queue;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.log.Log;
import dev.procession.core.memory.KillPoint;
import dev.procession.core.time.Timeout;
import dev.procession.queue.ring.TwoLockRing;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads of this process that wait at a queue: for an element, for room, or for the last
 * element to be done.
 *
 * <p>One of them, the leader, sleeps on the process's {@link QueueBell}; the others park. So a
 * process with one waiting thread is woken by one system call, and one with a hundred still has one
 * socket and wakes ten times a second while nothing happens. The leader looks for all: it signals
 * who has something to do. When it leaves, the next one leads.
 *
 * <p>Each kind of waiter has a bit of this process in shared memory. Who waits sets it, looks once
 * more, and sleeps; who has news for waiters clears the bit and rings. The bit is set again for
 * those that still wait, before the leader looks for them.
 */
final class WaitRoom implements AutoCloseable {

    private static final Log LOG = Log.of(WaitRoom.class);

    /** For the leader: whoever should have rung may have died before. */
    private static final long LEADER_NANOS = 100_000_000;

    /** For the others: the leader, which wakes them, is in this process. */
    private static final long FOLLOWER_NANOS = 1_000_000_000;

    /** For a leader without a bell, when the system has no descriptor left, say. */
    private static final long BELLESS_NANOS = 5_000_000;

    private static final class Sleeper {
        private final Thread thread = Thread.currentThread();
        private final Waiting what;
        private final BooleanSupplier ready;
        private volatile boolean signalled;

        Sleeper(Waiting what, BooleanSupplier ready) {
            this.what = what;
            this.ready = ready;
        }
    }

    private final TwoLockRing ring;
    private final Path bellPath;

    @GuardedBy("this")
    private final Map<Waiting, Queue<Sleeper>> groups = new EnumMap<>(Waiting.class);

    @GuardedBy("this")
    private @Nullable Sleeper leader;

    @GuardedBy("this")
    private @Nullable QueueBell bell;

    @GuardedBy("this")
    private boolean warned;

    @GuardedBy("this")
    private boolean closed;

    WaitRoom(TwoLockRing ring, Path bellPath) {
        this.ring = ring;
        this.bellPath = bellPath;
    }

    /**
     * Sleeps once, until somebody says that there may be something to do, or the time is over.
     *
     * @param what {@link Waiting#ELEMENT} or another kind of waiter
     * @param ready whether there is something to do; looks, and does not wait
     */
    void sleep(Waiting what, BooleanSupplier ready, long nanos) throws InterruptedException {
        Timeout time = Timeout.ofNanos(nanos);
        Sleeper me = new Sleeper(what, ready);
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
                long left = time.remainingNanos();
                if (left <= 0) {
                    return;
                }
                if (lead(me)) {
                    sleepOnBell(left);
                    look();
                } else {
                    LockSupport.parkNanos(this, Math.min(left, FOLLOWER_NANOS));
                }
            }
        } finally {
            leave(me);
        }
    }

    @GuardedBy("this")
    private Queue<Sleeper> group(Waiting what) {
        return groups.computeIfAbsent(what, unused -> new ArrayDeque<>());
    }

    private synchronized void enter(Sleeper me) {
        openBell();
        group(me.what).add(me);
        ring.slots().announce(me.what.word());
        VarHandle.fullFence(); // the announcement, then the look
    }

    @GuardedBy("this")
    private void openBell() {
        if (bell != null || closed) {
            return;
        }
        try {
            bell = QueueBell.open(bellPath);
        } catch (IOException e) {
            if (!warned) {
                warned = true;
                LOG.logger()
                        .log(
                                Level.WARNING,
                                "waiting at a queue without a bell, by looking often: path="
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
        QueueBell sounding;
        boolean over;
        synchronized (this) {
            sounding = bell;
            over = closed;
        }
        if (sounding == null) {
            // No bell rings for an ended queue, and who waits there has a bound of its own.
            LockSupport.parkNanos(this, Math.min(nanos, over ? LEADER_NANOS : BELLESS_NANOS));
            return;
        }
        try {
            sounding.await(Math.min(nanos, LEADER_NANOS));
        } catch (IOException e) {
            LOG.logger().log(Level.WARNING, "a sleep on the bell of a queue failed", e);
            LockSupport.parkNanos(this, Math.min(nanos, BELLESS_NANOS));
        }
    }

    /** Signals those that have something to do. */
    private synchronized void look() {
        for (Waiting what : Waiting.values()) {
            look(what);
        }
    }

    /**
     * Signals one thread that waits for this, or all of them where one does not use up what the
     * others wait for.
     *
     * @return whether any thread waits for it
     */
    synchronized boolean look(Waiting what) {
        Queue<Sleeper> group = group(what);
        if (group.isEmpty()) {
            return false;
        }
        if (!ring.slots().isAnnounced(what.word())) {
            // Before the look: what comes after it is rung for.
            ring.slots().announce(what.word());
            VarHandle.fullFence();
        }
        boolean all = what == Waiting.IDLE || ring.isClosed();
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
        Queue<Sleeper> mine = group(me.what);
        mine.remove(me);
        if (mine.isEmpty()) {
            ring.slots().retract(me.what.word());
        }
        if (leader == me) {
            leader = null;
        }
        // Who was woken to lead may leave without having led: it was signalled, or interrupted.
        if (leader == null) {
            for (Queue<Sleeper> group : groups.values()) {
                for (Sleeper sleeper : group) {
                    if (!sleeper.signalled) {
                        LockSupport.unpark(sleeper.thread); // to lead
                        return;
                    }
                }
            }
        }
    }

    /** Wakes all and gives the descriptors back; the queue has ended. */
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
