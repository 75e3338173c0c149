package dev.procession.pool.dispatch;

import dev.procession.core.lane.WaitSpin;
import dev.procession.core.lane.Waiter;
import dev.procession.core.time.Timeout;
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
    private volatile WorkerRun[] open = {};
    private volatile @Nullable Waiter waiter;

    /** When the reading thread checks its clocks at the latest. */
    private volatile long nextCheck = System.nanoTime();

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
    WorkerRun[] runs() {
        return open;
    }

    /** Hears a run from now on; until its worker dies, nobody touches its lane otherwise. */
    synchronized void add(WorkerRun run) throws IOException {
        if (waiter != null) {
            waiter.add(run.lane());
        }
        WorkerRun[] more = Arrays.copyOf(open, open.length + 1);
        more[open.length] = run;
        open = more;
        wake();
    }

    /** Leaves a dead worker's lane to whoever starts the next one in this run. */
    synchronized void remove(WorkerRun run) {
        if (waiter != null) {
            waiter.remove(run.lane());
        }
        List<WorkerRun> remaining = new ArrayList<>(List.of(open));
        remaining.remove(run);
        open = remaining.toArray(new WorkerRun[0]);
    }

    private synchronized void openWaiter() throws IOException {
        Waiter made = new Waiter();
        try {
            for (WorkerRun run : open) {
                made.add(run.lane());
            }
            waiter = made;
        } finally {
            if (waiter != made) {
                for (WorkerRun run : open) {
                    made.remove(run.lane());
                }
                made.close();
            }
        }
    }

    /** Whether a thread is the one that reads the lanes. */
    boolean isReader(Thread thread) {
        return thread == listener;
    }

    /** Whether the reading thread checks its clocks only after so long. */
    boolean checksLaterThan(long nanos) {
        return nanos != Timeout.FOREVER && System.nanoTime() + nanos - nextCheck < 0;
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
        nextCheck = System.nanoTime() + nanos;
        if (nanos == 0 || pause.spin(this::isAnythingThere)) {
            return;
        }
        WorkerRun[] all = open;
        Waiter made = waiter;
        if (made == null) {
            sleepWithoutBell(all);
            return;
        }
        for (WorkerRun run : all) {
            run.lane().announceRead();
        }
        try {
            if (!isAnythingThere()) {
                made.await(isBellAwaited(all) ? Math.min(nanos, BELL_AWAITED_NANOS) : nanos);
            }
        } finally {
            for (WorkerRun run : all) {
                run.lane().endRead();
            }
        }
    }

    /**
     * Before the first worker has rung, a sleep needs no descriptors, whose classes take long to
     * load beside a worker that comes up.
     */
    private void sleepWithoutBell(WorkerRun[] all) throws IOException {
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
    private static boolean isBellAwaited(WorkerRun[] runs) {
        for (WorkerRun run : runs) {
            if (run.lane().isBellAwaited()) {
                return true;
            }
        }
        return false;
    }

    private boolean isAnythingThere() {
        for (WorkerRun run : open) {
            if (!run.isUnreadable() && run.lane().isReady()) {
                return true;
            }
        }
        return !otherWork.isEmpty();
    }

    /** Gives the descriptors back. */
    void close() throws IOException {
        Waiter made = waiter;
        if (made != null) {
            made.close();
        }
    }
}
