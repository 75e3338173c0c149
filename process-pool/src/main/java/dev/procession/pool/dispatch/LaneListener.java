package dev.procession.pool.dispatch;

import dev.procession.core.lane.LaneEnd;
import dev.procession.core.lane.WaitSpin;
import dev.procession.core.lane.Waiter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The slots whose workers are heard, and the sleep of the thread that hears them.
 *
 * <p>{@link #sleep} and {@link #close} are for that thread; any other may add and remove slots, and
 * wake it.
 */
final class LaneListener {

    private static final long BELL_AWAITED_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Thread listener;
    private final Queue<?> otherWork;
    private final WaitSpin pause = new WaitSpin();
    private volatile WorkerSlot[] open = {};
    private volatile @Nullable Waiter waiter;

    /**
     * No slots yet.
     *
     * @param otherWork what the thread has to handle besides messages
     */
    LaneListener(Thread listener, Queue<?> otherWork) {
        this.listener = listener;
        this.otherWork = otherWork;
    }

    /** The slots that are heard; not to be changed. */
    WorkerSlot[] slots() {
        return open;
    }

    /** Hears a slot from now on; until its worker dies, nobody touches its lane otherwise. */
    synchronized void add(WorkerSlot slot) throws IOException {
        if (waiter != null) {
            waiter.add(lane(slot));
        }
        WorkerSlot[] more = Arrays.copyOf(open, open.length + 1);
        more[open.length] = slot;
        open = more;
        wake();
    }

    /** Leaves a dead worker's lane to whoever starts the next one in this slot. */
    synchronized void remove(WorkerSlot slot) {
        if (waiter != null) {
            waiter.remove(lane(slot));
        }
        List<WorkerSlot> remaining = new ArrayList<>(List.of(open));
        remaining.remove(slot);
        open = remaining.toArray(new WorkerSlot[0]);
    }

    private synchronized void openWaiter() throws IOException {
        Waiter made = new Waiter();
        try {
            for (WorkerSlot slot : open) {
                made.add(lane(slot));
            }
            waiter = made;
        } finally {
            if (waiter != made) {
                for (WorkerSlot slot : open) {
                    made.remove(lane(slot));
                }
                made.close();
            }
        }
    }

    /** Ends the sleep, or the next one. */
    void wake() {
        Waiter made = waiter;
        if (made != null) {
            made.wakeup();
        } else {
            LockSupport.unpark(listener);
        }
    }

    /** Sleeps until there is a message or other news, it is woken, or the time is over. */
    void sleep(long nanos) throws IOException {
        if (nanos == 0 || pause.spin(this::isAnythingThere)) {
            return;
        }
        WorkerSlot[] all = open;
        Waiter made = waiter;
        if (made == null) {
            sleepWithoutBell(all);
            return;
        }
        for (WorkerSlot slot : all) {
            lane(slot).announceRead();
        }
        try {
            if (!isAnythingThere()) {
                made.await(isBellAwaited(all) ? Math.min(nanos, BELL_AWAITED_NANOS) : nanos);
            }
        } finally {
            for (WorkerSlot slot : all) {
                lane(slot).endRead();
            }
        }
    }

    /**
     * Before the first worker has rung, a sleep needs no descriptors, whose classes take long to
     * load beside a worker that comes up.
     */
    private void sleepWithoutBell(WorkerSlot[] all) throws IOException {
        if (isBellAwaited(all)) {
            LockSupport.parkNanos(BELL_AWAITED_NANOS);
        } else {
            try {
                openWaiter(); // and look again, for a wake-up until now was for no sleep
            } catch (IOException e) { // no descriptor is to be had; the lanes themselves need none
                LockSupport.parkNanos(BELL_AWAITED_NANOS);
            }
        }
    }

    /** True while a worker that comes up may have committed a message and cannot ring yet. */
    private static boolean isBellAwaited(WorkerSlot[] slots) {
        for (WorkerSlot slot : slots) {
            if (lane(slot).isBellAwaited()) {
                return true;
            }
        }
        return false;
    }

    private boolean isAnythingThere() {
        for (WorkerSlot slot : open) {
            if (!slot.isUnreadable() && lane(slot).isReady()) {
                return true;
            }
        }
        return !otherWork.isEmpty();
    }

    private static LaneEnd lane(WorkerSlot slot) {
        LaneEnd lane = slot.lane();
        if (lane == null) {
            throw new IllegalStateException("an open slot has a lane: index=" + slot.index());
        }
        return lane;
    }

    /** Gives the descriptors back. */
    void close() throws IOException {
        Waiter made = waiter;
        if (made != null) {
            made.close();
        }
    }
}
