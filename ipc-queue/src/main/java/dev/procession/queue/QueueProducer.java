package dev.procession.queue;

import dev.procession.core.log.Log;
import dev.procession.core.memory.KillPoint;
import dev.procession.core.time.Timeout;
import dev.procession.queue.ring.QueueLayout;
import dev.procession.queue.ring.QueueSpillName;
import dev.procession.queue.ring.QueueWriter;
import dev.procession.queue.ring.TwoLockRing;
import dev.procession.queue.ring.Waiting;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;

/**
 * Puts bytes into a queue, for this process. Thread-safe.
 *
 * <p>Each attempt takes the producers' lock, copies, and releases the lock. An element that is too
 * large for the ring is written to a spill file before.
 */
final class QueueProducer {

    private static final Log LOG = Log.of(QueueProducer.class);

    /** About how many bytes are put under one lock. */
    private static final long BATCH_BYTES = 1 << 16;

    private final TwoLockRing ring;
    private final QueueWriter writer;
    private final QueueSpillFiles files;
    private final QueueSpillLedger ledger;
    private final QueueWaits waits;

    QueueProducer(TwoLockRing ring, QueueSpillFiles files, QueueWaits waits) {
        this.ring = ring;
        this.writer = ring.writer();
        this.files = files;
        this.ledger = new QueueSpillLedger(files, ring::isThere);
        this.waits = waits;
    }

    /**
     * Puts an element.
     *
     * @param nanos how long to wait for room; {@link Timeout#FOREVER} for no limit
     * @return false if there was no room in time
     */
    boolean put(byte[] element, long nanos) throws InterruptedException {
        requireSize(element);
        if (element.length <= ring.shape().maxInlineBytes()) {
            switch (attempt(element, nanos)) {
                case DONE -> {
                    return true;
                }
                case FULL -> {
                    if (nanos <= 0) {
                        return false;
                    }
                }
                case TOO_LARGE_FOR_NOW, CLOSED -> {
                    // putSlowly writes a spill file, or throws.
                }
            }
        }
        return putSlowly(element, nanos);
    }

    /** Puts an element if there is room now; false if there is none. */
    boolean offer(byte[] element) {
        try {
            return put(element, 0);
        } catch (InterruptedException e) {
            throw new AssertionError("an interrupt ended a put that does not wait", e);
        }
    }

    private void requireSize(byte[] element) {
        if (element.length > ring.shape().byteBound()) {
            throw new QueueException(
                    "the element is larger than the queue: bytes="
                            + element.length
                            + ", capacityBytes="
                            + ring.shape().byteBound()
                            + "; make the queue with a larger capacityBytes");
        }
    }

    private boolean putSlowly(byte[] element, long nanos) throws InterruptedException {
        Timeout time = Timeout.ofNanos(nanos);
        QueueSpillName spill = null;
        QueueEvents.OfWait wait = null;
        boolean timedOut = false;
        boolean done = false;
        boolean inline = element.length <= ring.shape().maxInlineBytes();
        try {
            while (true) {
                long remaining = time.remainingNanos();
                if (ring.isClosed()) {
                    throw new QueueClosedException("the queue is closed: it accepts no elements");
                }
                QueueWriter.Result result = QueueWriter.Result.TOO_LARGE_FOR_NOW;
                if (inline && spill == null) {
                    result = attempt(element, remaining);
                }
                // Only if there seems to be room: waiting producers would otherwise fill the file
                // system.
                if (result == QueueWriter.Result.TOO_LARGE_FOR_NOW
                        && ring.hasRoom(element.length)) {
                    if (spill == null) {
                        spill = writeFile(element);
                    }
                    result = attemptSpill(spill, remaining);
                }
                if (result == QueueWriter.Result.DONE) {
                    done = true;
                    return true;
                }
                if (result != QueueWriter.Result.CLOSED) {
                    if (wait == null && nanos > 0) {
                        wait = QueueEvents.waitBegins();
                    }
                    if (!waits.await(Waiting.ROOM, element.length, remaining)) {
                        timedOut = true;
                        return false;
                    }
                }
            }
        } finally {
            if (wait != null) {
                wait.end(waits.queue(), nanos == Timeout.FOREVER ? "put" : "offer", timedOut);
            }
            if (!done && spill != null) {
                files.discard(spill);
            }
        }
    }

    private QueueWriter.Result attempt(byte[] element, long nanos) {
        if (!writer.lock(QueueWaits.lockNanos(nanos))) {
            return QueueWriter.Result.FULL;
        }
        QueueWriter.Result result;
        try {
            result = writer.append(QueueLayout.INLINE, element, element.length);
        } catch (IOException e) {
            throw QueueException.corrupt(ring.segment().path(), e);
        } finally {
            writer.unlock();
        }
        if (result == QueueWriter.Result.DONE) {
            waits.afterPut();
        }
        return result;
    }

    private QueueWriter.Result attemptSpill(QueueSpillName spill, long nanos) {
        if (!writer.lock(QueueWaits.lockNanos(nanos))) {
            return QueueWriter.Result.FULL;
        }
        QueueWriter.Result result;
        long offset;
        try {
            result = writer.append(QueueLayout.SPILLED, spill.toPayload(), spill.bytes());
            offset = writer.lastOffset();
        } catch (IOException e) {
            throw QueueException.corrupt(ring.segment().path(), e);
        } finally {
            writer.unlock();
        }
        if (result == QueueWriter.Result.DONE) {
            waits.afterPut();
            remember(offset, spill);
        }
        return result;
    }

    private QueueSpillName writeFile(byte[] element) {
        try {
            QueueSpillName name = files.write(element);
            if (KillPoint.ON) {
                KillPoint.PUT_FILE_WRITTEN.reached();
            }
            return name;
        } catch (IOException e) {
            throw new QueueException(
                    "no room for a large element: bytes=" + element.length + ": " + e.getMessage(),
                    e);
        }
    }

    private void remember(long offset, QueueSpillName spill) {
        try {
            ledger.put(offset, spill);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "a spill file could not be deleted", e);
        }
    }

    /**
     * Puts elements under one lock while there is room: about {@link #BATCH_BYTES}, and none that
     * needs a spill file.
     *
     * @param from the index of the first element to put
     * @return how many were put
     */
    int putAll(List<byte[]> elements, int from) {
        int put;
        writer.lock(Timeout.FOREVER);
        try {
            put = writer.appendAll(elements, from, BATCH_BYTES);
        } catch (IOException e) {
            throw QueueException.corrupt(ring.segment().path(), e);
        } finally {
            writer.unlock();
        }
        if (put > 0) {
            waits.afterPut();
        }
        return put;
    }

    /** Closes the queue: no process can put elements any more. */
    void close() {
        writer.lock(Timeout.FOREVER);
        try {
            writer.close();
        } finally {
            writer.unlock();
        }
    }
}
