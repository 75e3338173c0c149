package dev.procession.queue;

import dev.procession.core.lane.WaitSpin;
import dev.procession.core.log.Log;
import dev.procession.core.memory.KillPoint;
import dev.procession.core.time.Timeout;
import dev.procession.queue.ring.QueueLeases;
import dev.procession.queue.ring.QueueSlots;
import dev.procession.queue.ring.TwoLockRing;
import dev.procession.queue.ring.Waiting;
import java.io.IOException;
import java.lang.System.Logger.Level;

/**
 * Waits at a queue, and wakes waiting threads of all processes. Thread-safe.
 *
 * <p>A waiting thread holds no lock. A thread that has changed the queue wakes one process that
 * waits for the change, and one more if there is more to do than one thread can: so the next
 * operation makes up for a process that died after it was woken.
 */
final class QueueWaits {

    private static final Log LOG = Log.of(QueueWaits.class);

    /**
     * How long to wait for the lock under which the end is decided; later operations look again.
     */
    static final long END_NANOS = 1_000_000_000;

    private static final long DEATH_CHECK_NANOS = 100_000_000;

    /**
     * The first sleep in the join of a queue that has ended: nothing wakes a thread there. Doubled
     * each time.
     */
    private static final long FIRST_IDLE_PAUSE_NANOS = 5_000_000;

    private final String queue;
    private final TwoLockRing ring;
    private final QueueSlots slots;
    private final QueueLeases leases;
    private final WaitRoom room;
    private final BellConnections bells;
    private final Runnable whenOver;
    private final Runnable whenDone;
    // Shared by all waiting threads: each learns from the misses of the others.
    private final WaitSpin takeSpin = new WaitSpin();
    private final WaitSpin putSpin = new WaitSpin();
    private volatile int lastWoken;

    /**
     * Waits at one queue.
     *
     * @param queue how events name it
     * @param whenOver run after the last element of a closed queue has left
     * @param whenDone run after an element that this process took was marked as done
     */
    QueueWaits(
            String queue,
            TwoLockRing ring,
            WaitRoom room,
            BellConnections bells,
            Runnable whenOver,
            Runnable whenDone) {
        this.queue = queue;
        this.ring = ring;
        this.slots = ring.slots();
        this.leases = ring.leases();
        this.room = room;
        this.bells = bells;
        this.whenOver = whenOver;
        this.whenDone = whenDone;
    }

    /** How events name the queue. */
    String queue() {
        return queue;
    }

    /** Wakes a process that waits for an element, after one was put and the lock was released. */
    void afterPut() {
        if (KillPoint.ON) {
            KillPoint.PUT_UNLOCKED.reached();
        }
        if (slots.isQuiet()) {
            return;
        }
        if (slots.hasWaiters(Waiting.ELEMENT)) {
            wake(Waiting.ELEMENT);
        }
        if (slots.hasWaiters(Waiting.ROOM) && ring.hasRoom(1)) {
            wake(Waiting.ROOM);
        }
    }

    /**
     * Wakes a process that waits for room, after an element was taken and the lock was released.
     */
    void afterTake() {
        if (KillPoint.ON) {
            KillPoint.TAKE_UNLOCKED.reached();
        }
        if (slots.isQuiet()) {
            return;
        }
        if (slots.hasWaiters(Waiting.ROOM)) {
            wake(Waiting.ROOM);
        }
        if (slots.hasWaiters(Waiting.ELEMENT) && !ring.isEmpty()) {
            wake(Waiting.ELEMENT);
        }
        endIfOver();
    }

    /**
     * Ends the queue if it is closed and its last element has left. The check may fail, for example
     * when no descriptor is free; it does not throw then, because the caller has an element to
     * return, and a later check ends the queue.
     */
    void endIfOver() {
        try {
            boolean unused = isOver(END_NANOS);
        } catch (RuntimeException | Error e) {
            LOG.log(
                    Level.DEBUG,
                    "could not check whether a queue has ended; a later operation checks"
                            + " again",
                    e);
        }
    }

    /**
     * Returns whether no element will come any more; if so, frees what this process has for the
     * queue.
     */
    boolean isOver(long nanos) {
        if (!ring.isOver(Math.max(0, nanos))) {
            return false;
        }
        whenOver.run(); // also if another process ended the queue: it did not free this part
        return true;
    }

    /** Marks an element that this process took as done; false if all are done. */
    boolean taskDone() {
        if (!slots.addDone()) {
            return false;
        }
        wakeIfIdle();
        whenDone.run();
        return true;
    }

    /** Wakes the processes that wait in a join, if all elements are done. */
    void wakeIfIdle() {
        if (slots.hasWaiters(Waiting.IDLE) && ring.seemsIdle()) {
            wakeAll(Waiting.IDLE);
        }
    }

    /** Waits until all elements are done; those that dead processes had taken count as done. */
    boolean join(long nanos) throws InterruptedException {
        QueueEvents.OfWait wait = nanos <= 0 || ring.seemsIdle() ? null : QueueEvents.waitBegins();
        boolean timedOut = false;
        try {
            timedOut = !awaitIdle(nanos);
            return !timedOut;
        } finally {
            if (wait != null) {
                wait.end(queue, "join", timedOut);
            }
        }
    }

    private boolean awaitIdle(long nanos) throws InterruptedException {
        Timeout time = Timeout.ofNanos(nanos);
        long idlePauseNanos = FIRST_IDLE_PAUSE_NANOS;
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (ring.isIdle(time.remainingNanos())) {
                wakeIfIdle(); // the other threads that wait
                endIfOver(); // another process may have ended it
                return true;
            }
            try {
                slots.freeDead();
            } catch (IOException e) {
                throw new QueueException("cannot check which processes are alive", e);
            }
            long remaining = time.remainingNanos();
            if (remaining <= 0) {
                return false;
            }
            if (ring.seemsIdle()) {
                continue;
            }
            // The death of a consumer may end this wait, and a death wakes no thread.
            long most = DEATH_CHECK_NANOS;
            if (ring.seemsOver()) {
                endIfOver(); // the queue's directory is gone: no process can make a bell there
                most = idlePauseNanos;
                idlePauseNanos = Math.min(2 * idlePauseNanos, DEATH_CHECK_NANOS);
            }
            room.sleep(Waiting.IDLE, () -> isReady(Waiting.IDLE, 0), Math.min(remaining, most));
        }
    }

    /** Looks for a while, then sleeps once; false if the time is over. */
    boolean await(Waiting waiting, long bytes, long nanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        WaitSpin spin = waiting == Waiting.ELEMENT ? takeSpin : putSpin;
        if (nanos > 0 && spin.spin(() -> isReady(waiting, bytes))) {
            return true;
        }
        if (nanos <= 0) {
            // This thread may have been woken just as its time ended: pass the wake-up on.
            if (isReady(waiting, bytes)) {
                wake(waiting);
            }
            return false;
        }
        try {
            // A death may return a leased element, and a death wakes no thread.
            long most = leases.isAnyHeld() ? Math.min(nanos, DEATH_CHECK_NANOS) : nanos;
            room.sleep(waiting, () -> isReady(waiting, bytes), most);
        } catch (InterruptedException e) {
            wake(waiting);
            throw e;
        }
        return true;
    }

    private boolean isReady(Waiting waiting, long bytes) {
        return switch (waiting) {
            case ELEMENT -> !ring.isEmpty() || ring.seemsOver();
            case ROOM -> ring.hasRoom(bytes) || ring.isClosed();
            case IDLE -> ring.seemsIdle();
        };
    }

    /** Wakes one of the processes that wait for this. */
    void wake(Waiting waiting) {
        int slot = slots.claimWaiter(waiting, lastWoken);
        while (slot >= 0) {
            lastWoken = slot;
            if (wakeMember(waiting, slot)) {
                return;
            }
            slot = slots.claimWaiter(waiting, slot);
        }
    }

    /** Wakes all processes that wait for this. */
    void wakeAll(Waiting waiting) {
        for (int slot = slots.claimWaiter(waiting, -1), last = -1;
                slot > last;
                slot = slots.claimWaiter(waiting, slot)) {
            wakeMember(waiting, slot);
            last = slot;
        }
    }

    private boolean wakeMember(Waiting waiting, int slot) {
        if (slot == slots.mine()) {
            return room.look(waiting);
        }
        long member = slots.owner(slot);
        return member != 0 && bells.wake(member);
    }

    /**
     * Converts the time of an operation to that of its lock. An operation that does not wait for
     * the queue still waits for the lock, which is held for a moment.
     */
    static long lockNanos(long nanos) {
        return nanos <= 0 ? Timeout.FOREVER : nanos;
    }
}
