package dev.procession.pipe;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.lane.MessageEnd;
import dev.procession.core.log.Log;
import dev.procession.core.transfer.Transfers;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The ends inside messages that this process has sent, until another process attaches to them. If
 * the receiver of such a message ends before that, the ends inside count as ends whose holder has
 * died. While there are such ends, a daemon thread checks them five times a second, whatever one
 * check throws. Thread-safe.
 */
final class EndsInTransit {

    private static final Log LOG = Log.of(EndsInTransit.class);

    private static final long CHECK_NANOS = 200_000_000;
    private static final Object LOCK = new Object();

    @GuardedBy("LOCK")
    private static final List<EndsInTransit> ALL = new ArrayList<>();

    /** Whether a thread checks the ends, or is about to. */
    @GuardedBy("LOCK")
    private static boolean checking;

    private final MessageEnd carrier;
    private final long mark;
    private final Transfers.Ends ends;

    /** Whether a failure was logged; the checking thread alone uses it. */
    private boolean reported;

    private EndsInTransit(MessageEnd carrier, long mark, Transfers.Ends ends) {
        this.carrier = carrier;
        this.mark = mark;
        this.ends = ends;
    }

    /**
     * Adds the ends of a message.
     *
     * @param carrier the end that the message was sent through
     * @param mark the position behind the message, see {@link MessageEnd#mark}
     * @param ends the ends inside the message
     */
    static void add(MessageEnd carrier, long mark, Transfers.Ends ends) {
        Throwable failure = null;
        synchronized (LOCK) {
            ALL.add(new EndsInTransit(carrier, mark, ends));
            if (!checking) {
                try {
                    Thread thread =
                            new Thread(null, EndsInTransit::checkAll, "procession-ends-in-transit");
                    thread.setDaemon(true);
                    thread.start();
                    checking = true;
                } catch (OutOfMemoryError e) { // no thread is left for this process
                    failure = e;
                }
            }
        }
        if (failure != null) {
            LOG.report(
                    Level.WARNING,
                    "ends in messages are not checked until the next one is sent",
                    failure);
        }
    }

    private static void checkAll() {
        boolean done = false;
        while (!done) {
            boolean unused = Thread.interrupted(); // else it would not pause again
            LockSupport.parkNanos(CHECK_NANOS);
            try {
                done = checkOnce();
            } catch (Throwable e) { // no memory for the lists; the ends are checked again
                LOG.report(Level.WARNING, "a check of the ends in messages failed", e);
            }
        }
    }

    /** Checks all ends; true if none is left to check, and this thread ends. */
    private static boolean checkOnce() {
        List<EndsInTransit> all;
        synchronized (LOCK) {
            all = List.copyOf(ALL);
        }
        List<EndsInTransit> settled = new ArrayList<>();
        for (EndsInTransit each : all) {
            if (each.isSettled()) {
                settled.add(each);
            }
        }
        synchronized (LOCK) {
            ALL.removeAll(settled);
            checking = !ALL.isEmpty();
            return !checking;
        }
    }

    private boolean isSettled() {
        try {
            if (!ends.areUnderWay()) {
                return true;
            }
            if (!carrier.isLost(mark)) {
                return false;
            }
            ends.abandon();
        } catch (IOException e) {
            LOG.report(
                    Level.WARNING,
                    "cannot check whether an end arrived; it is not checked again",
                    e);
        } catch (Throwable e) { // out of memory, say: it may be there at the next check
            if (!reported) {
                reported = true;
                LOG.report(Level.WARNING, "cannot check whether an end arrived; trying again", e);
            }
            return false;
        }
        return true;
    }
}
