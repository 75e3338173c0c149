package dev.procession.queue;

import dev.procession.core.lane.WaitSpin;
import dev.procession.core.log.Log;
import dev.procession.core.memory.KillPoint;
import dev.procession.core.time.Timeout;
import dev.procession.queue.ring.QueueLeases;
import dev.procession.queue.ring.QueueSlots;
import dev.procession.queue.ring.TwoLockRing;
import java.io.IOException;
import java.lang.System.Logger.Level;

/**
 * Waiting at a queue, and waking those that wait.
 *
 * <p>Nothing is held while a thread waits. Whoever has done something rings for those who wait for
 * it, and when there is more to do than one can, for the next one as well: so whoever was woken and
 * died is made up for by the next one to come. Thread-safe.
 */
final class QueueWaits {

    private static final Log LOG = Log.of(QueueWaits.class);

    /** How long to wait for the lock under which the end is seen; later, others look as well. */
    static final long END_NANOS = 1_000_000_000;

    private static final long DEATH_LOOK_NANOS = 100_000_000;

    /** For the first sleep in the join of a queue that has ended, where no bell rings. */
    private static final long FIRST_IDLE_PAUSE_NANOS = 5_000_000;

    private final TwoLockRing ring;
    private final QueueSlots slots;
    private final QueueLeases leases;
    private final WaitRoom room;
    private final BellConnections bells;
    private final Runnable whenOver;
    private final Runnable whenDone;
    // Of all threads that wait here: what one learns by looking in vain is good for the others.
    private final WaitSpin takeSpin = new WaitSpin();
    private final WaitSpin putSpin = new WaitSpin();
    private volatile int lastWoken;

    /**
     * The waits at a queue.
     *
     * @param whenOver to be run after the last element of a closed queue has left
     * @param whenDone to be run after an element that this process took was called done
     */
    QueueWaits(
            TwoLockRing ring,
            WaitRoom room,
            BellConnections bells,
            Runnable whenOver,
            Runnable whenDone) {
        this.ring = ring;
        this.slots = ring.slots();
        this.leases = ring.leases();
        this.room = room;
        this.bells = bells;
        this.whenOver = whenOver;
        this.whenDone = whenDone;
    }

    /** Rings for who waits for an element that was put; after the unlock. */
    void afterPut() {
        if (KillPoint.ON) {
            KillPoint.PUT_UNLOCKED.reached();
        }
        if (slots.isQuiet()) {
            return;
        }
        if (slots.hasWaiters(Waiting.ELEMENT.word())) {
            wake(Waiting.ELEMENT);
        }
        if (slots.hasWaiters(Waiting.ROOM.word()) && ring.hasRoom(1)) {
            wake(Waiting.ROOM);
        }
    }

    /** Rings for who waits for room that a taken element left; after the unlock. */
    void afterTake() {
        if (KillPoint.ON) {
            KillPoint.TAKE_UNLOCKED.reached();
        }
        if (slots.isQuiet()) {
            return;
        }
        if (slots.hasWaiters(Waiting.ROOM.word())) {
            wake(Waiting.ROOM);
        }
        if (slots.hasWaiters(Waiting.ELEMENT.word()) && !ring.isEmpty()) {
            wake(Waiting.ELEMENT);
        }
        endIfOver();
    }

    /**
     * Ends the queue when it is closed and its last element has left. That cannot be told now and
     * then, without a free descriptor, say: the caller has an element in hand, and a later look
     * ends the queue.
     */
    void endIfOver() {
        try {
            boolean unused = isOver(END_NANOS);
        } catch (RuntimeException | Error e) {
            LOG.logger().log(Level.DEBUG, "a later look tells whether a queue is over", e);
        }
    }

    /** True if no element comes any more; this process gives back what it has for the queue. */
    boolean isOver(long nanos) {
        if (!ring.isOver(Math.max(0, nanos))) {
            return false;
        }
        whenOver.run(); // another process may have ended it
        return true;
    }

    /** Counts an element that this process took as done; false if there is none. */
    boolean taskDone() {
        if (!slots.addDone()) {
            return false;
        }
        wakeIfIdle();
        whenDone.run();
        return true;
    }

    /** Rings for who waits for the last element to be done, if it is. */
    void wakeIfIdle() {
        if (slots.hasWaiters(Waiting.IDLE.word()) && ring.seemsIdle()) {
            wakeAll(Waiting.IDLE);
        }
    }

    /** Waits until all elements are done, those aside that dead processes had taken. */
    boolean join(long nanos) throws InterruptedException {
        Timeout time = Timeout.ofNanos(nanos);
        long idlePauseNanos = FIRST_IDLE_PAUSE_NANOS;
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (ring.isIdle(time.remainingNanos())) {
                wakeIfIdle(); // the others that wait as well
                endIfOver(); // another process may have ended it meanwhile
                return true;
            }
            try {
                slots.freeDead();
            } catch (IOException e) {
                throw new QueueException("cannot ask who is alive", e);
            }
            long left = time.remainingNanos();
            if (left <= 0) {
                return false;
            }
            if (ring.seemsIdle()) {
                continue;
            }
            // What it waits for may be done by the death of another, for which nobody rings.
            long most = DEATH_LOOK_NANOS;
            if (ring.seemsOver()) {
                endIfOver(); // its bells have gone: neither this process's nor others' can be made
                most = idlePauseNanos;
                idlePauseNanos = Math.min(2 * idlePauseNanos, DEATH_LOOK_NANOS);
            }
            room.sleep(Waiting.IDLE, () -> isReady(Waiting.IDLE, 0), Math.min(left, most));
        }
    }

    /** Looks for a while, then sleeps once; false if the time was over before. */
    boolean await(Waiting what, long bytes, long nanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        WaitSpin spin = what == Waiting.ELEMENT ? takeSpin : putSpin;
        if (nanos > 0 && spin.spin(() -> isReady(what, bytes))) {
            return true;
        }
        if (nanos <= 0) {
            // It may have been this one that was woken, just when its time was over.
            if (isReady(what, bytes)) {
                wake(what);
            }
            return false;
        }
        try {
            // What is leased may come back by a death, for which nobody rings.
            long most = leases.isAnyHeld() ? Math.min(nanos, DEATH_LOOK_NANOS) : nanos;
            room.sleep(what, () -> isReady(what, bytes), most);
        } catch (InterruptedException e) {
            wake(what);
            throw e;
        }
        return true;
    }

    private boolean isReady(Waiting what, long bytes) {
        return switch (what) {
            case ELEMENT -> !ring.isEmpty() || ring.seemsOver();
            case ROOM -> ring.hasRoom(bytes) || ring.isClosed();
            case IDLE -> ring.seemsIdle();
        };
    }

    /** Wakes one process of those that wait. */
    void wake(Waiting what) {
        int slot = slots.claimWaiter(what.word(), lastWoken);
        while (slot >= 0) {
            lastWoken = slot;
            if (wakeMember(what, slot)) {
                return;
            }
            slot = slots.claimWaiter(what.word(), slot);
        }
    }

    /** Wakes all that wait. */
    void wakeAll(Waiting what) {
        for (int slot = slots.claimWaiter(what.word(), -1), last = -1;
                slot > last;
                slot = slots.claimWaiter(what.word(), slot)) {
            wakeMember(what, slot);
            last = slot;
        }
    }

    private boolean wakeMember(Waiting what, int slot) {
        if (slot == slots.mine()) {
            return room.look(what);
        }
        long member = slots.owner(slot);
        return member != 0 && bells.wake(member);
    }

    /** Who does not wait for room waits for the lock all the same: it is held for moments. */
    static long lockNanos(long nanos) {
        return nanos <= 0 ? Timeout.FOREVER : nanos;
    }
}
