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
 * The ends that move inside messages which this process has sent, until somebody attaches to them.
 * When nobody will, because the process that was to receive such a message has ended, they count as
 * ends whose holder has died. While there are some, a thread looks after them, a few times in a
 * second.
 */
final class EndsInTransit {

    private static final Log LOG = Log.of(EndsInTransit.class);

    private static final long LOOK_NANOS = 200_000_000;
    private static final Object LOCK = new Object();

    @GuardedBy("LOCK")
    private static final List<EndsInTransit> ALL = new ArrayList<>();

    private final MessageEnd carrier;
    private final long mark;
    private final Transfers.Ends ends;

    private EndsInTransit(MessageEnd carrier, long mark, Transfers.Ends ends) {
        this.carrier = carrier;
        this.mark = mark;
        this.ends = ends;
    }

    /** Looks after ends in a message that ends at a mark of its carrier. */
    static void watch(MessageEnd carrier, long mark, Transfers.Ends ends) {
        synchronized (LOCK) {
            if (ALL.isEmpty()) {
                Thread thread = new Thread(null, EndsInTransit::look, "procession-ends-in-transit");
                thread.setDaemon(true);
                thread.start();
            }
            ALL.add(new EndsInTransit(carrier, mark, ends));
        }
    }

    private static void look() {
        while (true) {
            LockSupport.parkNanos(LOOK_NANOS);
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
                if (ALL.isEmpty()) {
                    return;
                }
            }
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
            LOG.report(Level.WARNING, "an end that did not arrive stays on its way", e);
        }
        return true;
    }
}
