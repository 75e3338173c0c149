package dev.procession.core.lane;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * How one thread waits at one end of a lane, for a message or for room.
 *
 * <p>The thread spins for a moment, shorter if spins have failed lately. Then it announces its
 * sleep in shared memory, checks once more, and sleeps on the doorbell. A sleep ends after {@value
 * #SLEEP_NANOS} ns at the latest, because the peer may have died before it could wake this thread.
 * After the end of a socket, and about once a second, the thread checks whether the other holder is
 * dead.
 */
final class LaneWait {

    /**
     * Passed instead of a payload's length: waits for room for a chunk and until not too much of
     * the ring is unread.
     */
    static final int DRAINED = -1;

    private static final long SLEEP_NANOS = 100_000_000;
    private static final long SUSPECT_SLEEP_NANOS = 5_000_000;
    private static final long BELL_AWAITED_SLEEP_NANOS = 1_000_000;
    private static final long SUSPICION_NANOS = 5_000_000_000L;
    private static final int TURNS = 100;
    private static final long PROBE_NANOS = 1_000_000_000;

    private final LaneEnd end;
    private final boolean forMessage;
    private final WaitSpin spin = new WaitSpin();
    private volatile long spinNanos;
    // Kept across waits, so that a caller whose waits are all short also detects a death.
    private long probed = System.nanoTime();

    /** Written under this object's lock. */
    private volatile @Nullable Waiter waiter;

    LaneWait(LaneEnd end, boolean forMessage) {
        this.end = end;
        this.forMessage = forMessage;
    }

    boolean await(long nanos, int payloadBytes) throws IOException, InterruptedException {
        end.checkOpen();
        if (nanos > 0 && spin(nanos, payloadBytes)) {
            return true;
        }
        long start = System.nanoTime();
        long suspectSince = 0;
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            boolean suspect = end.doorbell().isSuspect();
            long now = System.nanoTime();
            boolean probe = suspect || now - probed >= PROBE_NANOS;
            if (probe) {
                probed = now;
            }
            // The state first: isDone() then sees all that was committed before the peer ended.
            PeerState peer = end.peerState(probe);
            if (isDone(payloadBytes)) {
                return true;
            }
            if (peer != PeerState.PRESENT || now - start >= nanos) {
                return false;
            }
            if (!suspect) {
                suspectSince = 0;
            } else if (suspectSince == 0) {
                suspectSince = now;
            } else if (now - suspectSince > SUSPICION_NANOS) {
                end.doorbell().clearSuspicion(); // the peer lives, only its socket has ended
            }
            sleep(Math.min(maxSleepNanos(suspect), nanos - (now - start)), payloadBytes);
            end.checkOpen();
        }
    }

    void spinFor(long nanos) {
        spinNanos = nanos;
    }

    private boolean spin(long nanos, int payloadBytes) {
        long most = Math.min(nanos, spinNanos);
        if (most == 0) {
            return spin.spin(() -> isDone(payloadBytes));
        }
        long start = System.nanoTime();
        while (!isDone(payloadBytes)) {
            for (int turn = 0; turn < TURNS; turn++) {
                if (isDone(payloadBytes)) {
                    return true;
                }
                Thread.onSpinWait();
            }
            if (System.nanoTime() - start >= most || Thread.currentThread().isInterrupted()) {
                return false;
            }
        }
        return true;
    }

    private long maxSleepNanos(boolean suspect) {
        if (suspect) {
            return SUSPECT_SLEEP_NANOS;
        }
        return end.isBellAwaited() ? BELL_AWAITED_SLEEP_NANOS : SLEEP_NANOS;
    }

    private void sleep(long nanos, int payloadBytes) throws IOException {
        if (waiter == null && end.isBellAwaited()) {
            LockSupport.parkNanos(nanos); // opening a selector takes long in a cold JVM
            return;
        }
        Waiter sleeping = waiter();
        announce();
        try {
            if (!isDone(payloadBytes)) {
                sleeping.await(nanos);
            }
        } finally {
            endAnnouncement();
        }
    }

    private boolean isDone(int payloadBytes) {
        return forMessage ? end.isReady() : end.hasRoom(payloadBytes);
    }

    private void announce() {
        if (forMessage) {
            end.announceRead();
        } else {
            end.announceWrite();
        }
    }

    private void endAnnouncement() {
        if (forMessage) {
            end.endRead();
        } else {
            end.endWrite();
        }
    }

    private synchronized Waiter waiter() throws IOException {
        end.checkOpen();
        Waiter made = waiter;
        if (made == null) {
            made = new Waiter();
            made.add(end);
            waiter = made;
        }
        return made;
    }

    /** Ends a sleep and closes the descriptors. */
    synchronized void close() throws IOException {
        Waiter made = waiter;
        if (made != null) {
            waiter = null;
            made.remove(end);
            made.close();
        }
    }
}
