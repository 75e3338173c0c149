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
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The lanes of the workers that run, and the sleep of the thread that reads them.
 *
 * <p>Only that thread calls {@link #sleep} and {@link #close}; any thread may add and remove
 * workers and wake it. This object itself guards its list and its descriptors; its lock is taken
 * after the lock of {@link PoolState}.
 */
final class LaneListener {

    private static final long BELL_AWAITED_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Thread listener;
    private final Queue<?> otherWork;
    private final WaitSpin pause = new WaitSpin();

    /** Not a lambda, which would take a millisecond of a cold start. */
    private final BooleanSupplier anythingThere =
            new BooleanSupplier() {
                @Override
                public boolean getAsBoolean() {
                    return isAnythingThere();
                }
            };

    private volatile WorkerRun[] open = {};
    private volatile @Nullable Waiter waiter;

    /** Whether the reading thread sleeps, or is about to; its own, read by other readers. */
    private volatile boolean asleep;

    /** When the reading thread checks its clocks at the latest. */
    private volatile long nextCheck = System.nanoTime();

    /**
     * Makes a listener without lanes.
     *
     * @param listener the thread that reads the lanes
     * @param otherWork what the thread has to handle besides messages
     */
    LaneListener(Thread listener, Queue<?> otherWork) {
        this.listener = listener;
        this.otherWork = otherWork;
    }

    /** Returns the workers whose lanes are read; the caller does not change the array. */
    WorkerRun[] runs() {
        return open;
    }

    /** Adds a worker; until it dies, only the reading thread reads its lane. */
    synchronized void add(WorkerRun run) throws IOException {
        if (waiter != null) {
            waiter.add(run.lane());
        }
        WorkerRun[] more = Arrays.copyOf(open, open.length + 1);
        more[open.length] = run;
        open = more;
        wake();
    }

    /** Removes a dead worker; its lane belongs to the next start in its slot. */
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

    /** Wakes the reading thread from its sleep, or from the next one. */
    void wake() {
        Waiter made = waiter;
        if (made != null) {
            made.wakeup();
        } else {
            LockSupport.unpark(listener);
        }
    }

    /**
     * Sleeps until there is a message or other work, a call of {@link #wake}, or the time is over.
     */
    void sleep(long nanos) throws IOException {
        nextCheck = System.nanoTime() + nanos;
        if (nanos == 0 || pause.spin(anythingThere)) {
            return;
        }
        WorkerRun[] all = open;
        Waiter made = waiter;
        if (made == null) {
            sleepWithoutBell(all);
            return;
        }
        asleep = true; // first: see announce()
        for (WorkerRun run : all) {
            run.lane().announceRead();
        }
        try {
            if (!isAnythingThere()) {
                made.await(isBellAwaited(all) ? Math.min(nanos, BELL_AWAITED_NANOS) : nanos);
            }
        } finally {
            asleep = false;
            for (WorkerRun run : all) {
                run.lane().endRead();
            }
        }
    }

    /** Another thread reads this worker: the worker need not wake the sleeping one. */
    void quiet(WorkerRun run) {
        if (asleep) {
            run.lane().endRead();
        }
    }

    /** The other thread will read no more: the worker wakes the sleeping one again. */
    void announce(WorkerRun run) {
        if (asleep) {
            run.lane().announceRead();
        }
    }

    /** Whether some worker has more tasks than the one that it runs, or will run. */
    boolean hasTasksAhead() {
        for (WorkerRun run : open) {
            if (run.load() > 1) {
                return true;
            }
        }
        return false;
    }

    /**
     * Sleeps briefly while the first worker starts: its bell is not connected yet, and loading the
     * classes of descriptors would slow its start down.
     */
    private void sleepWithoutBell(WorkerRun[] all) throws IOException {
        if (isBellAwaited(all)) {
            LockSupport.parkNanos(BELL_AWAITED_NANOS);
        } else {
            try {
                openWaiter(); // and look again, because wake-ups until now went elsewhere
            } catch (IOException e) { // no descriptor was available; the lanes themselves need none
                LockSupport.parkNanos(BELL_AWAITED_NANOS);
            }
        }
    }

    /** Whether a worker that starts may have committed a message and cannot ring the bell yet. */
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
            if (!run.reader().isTaken() // else its reader wakes this thread
                    && (run.reader().hasSettled() || run.isReadable())) {
                return true;
            }
        }
        return !otherWork.isEmpty();
    }

    /** Closes the descriptors. */
    void close() throws IOException {
        Waiter made = waiter;
        if (made != null) {
            made.close();
        }
    }
}
