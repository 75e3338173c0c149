package dev.procession.queue.ring;

import dev.procession.core.memory.DeathProbe;
import dev.procession.core.memory.OwnerLock;
import dev.procession.core.memory.Segment;
import dev.procession.core.memory.Words;
import dev.procession.core.time.Timeout;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A bounded first-in first-out queue of byte arrays between the threads of several processes, seen
 * from one process. {@link QueueLayout} draws its words.
 *
 * <p>Producers share a lock and write TAIL, consumers share another one and write HEAD. Nothing
 * here waits but for a lock; the package above waits for elements and room, by means of {@link
 * #slots}. Thread-safe, except where a part requires its lock.
 */
public final class TwoLockRing {

    private static final int TRIES = 64;

    private final Segment segment;
    private final ByteBuffer memory;
    private final QueueShape shape;
    private final QueueWriter writer;
    private final QueueReader reader;
    private final QueueSlots slots;
    private final QueueLeases leases;

    /** True once the queue was closed, empty and without leases, which is final. */
    private volatile boolean over;

    /**
     * Opens the queue in a segment, and claims a slot for this process.
     *
     * @param self this process's member number
     * @throws IOException if the segment's words are not those of a queue, or all slots are in use
     */
    public TwoLockRing(Segment segment, long self, DeathProbe probe) throws IOException {
        this.segment = segment;
        this.memory = segment.memory();
        this.shape = QueueShape.read(segment);
        this.slots = new QueueSlots(memory, self, probe);
        this.leases = new QueueLeases(memory, self, probe);
        this.writer =
                new QueueWriter(
                        memory, shape, new OwnerLock(memory, QueueLayout.PRODUCERS, self, probe));
        this.reader =
                new QueueReader(
                        memory,
                        shape,
                        new OwnerLock(memory, QueueLayout.CONSUMERS, self, probe),
                        leases);
    }

    /** Returns the queue's segment. */
    public Segment segment() {
        return segment;
    }

    /** Returns the queue's sizes. */
    public QueueShape shape() {
        return shape;
    }

    /** Returns the producers' side. */
    public QueueWriter writer() {
        return writer;
    }

    /** Returns the consumers' side. */
    public QueueReader reader() {
        return reader;
    }

    /** Returns the leases. */
    public QueueLeases leases() {
        return leases;
    }

    /** Returns the slots of the processes that use the queue. */
    public QueueSlots slots() {
        return slots;
    }

    /** True if there is no element now. */
    public boolean isEmpty() {
        // HEAD first: TAIL never falls behind it.
        long head = Words.getVolatile(memory, QueueLayout.HEAD);
        return QueueLayout.units(head)
                        == QueueLayout.units(Words.getVolatile(memory, QueueLayout.TAIL))
                && leases.returned() == 0;
    }

    /** Runs between two reads, except in tests. */
    private static void nothing() {}

    /**
     * True if the queue seems to be closed, without elements and without leases. Only a reason to
     * call {@link #isOver}: an element may be leased between the reads.
     */
    public boolean seemsOver() {
        return over || seemsOver(TwoLockRing::nothing);
    }

    /** For tests, which run code between the reads. */
    boolean seemsOver(Runnable between) {
        if (!isClosed() || leases.isAnyHeld()) {
            return false;
        }
        between.run();
        return isEmpty();
    }

    /**
     * True if the queue is closed, has no element, and none can be returned; this is final. Checked
     * under the consumers' lock, so that no element is taken meanwhile.
     *
     * @param nanos how long to wait for that lock; false when it could not be taken
     */
    public boolean isOver(long nanos) {
        return isOver(nanos, TwoLockRing::nothing);
    }

    /** For tests, which run code between the reads without the lock. */
    boolean isOver(long nanos, Runnable between) {
        if (!over && seemsOver(between) && reader.lock(nanos)) {
            try {
                over = seemsOver(TwoLockRing::nothing);
            } finally {
                reader.unlock();
            }
        }
        return over;
    }

    /** True if the record that was put at this offset has not been taken. */
    public boolean isThere(long offset) {
        long head = QueueLayout.units(Words.getVolatile(memory, QueueLayout.HEAD));
        long tail = QueueLayout.units(Words.getVolatile(memory, QueueLayout.TAIL));
        return QueueLayout.bytesBetween(head, offset) < QueueLayout.bytesBetween(head, tail);
    }

    /** True if no element can be put any more. */
    public boolean isClosed() {
        return (Words.getVolatile(memory, QueueLayout.STATE) & QueueLayout.CLOSED_BIT) != 0;
    }

    /** Returns the number of elements: exact at some moment during the call. */
    public int size() {
        for (int attempt = 0; attempt < TRIES; attempt++) {
            long head = Words.getVolatile(memory, QueueLayout.HEAD);
            long removed = Words.getVolatile(memory, QueueLayout.REMOVED);
            long tail = Words.getVolatile(memory, QueueLayout.TAIL);
            if (Words.getVolatile(memory, QueueLayout.REMOVED) == removed
                    && Words.getVolatile(memory, QueueLayout.HEAD) == head) {
                return size(head, removed, tail) + leases.returned();
            }
        }
        // Consumers changed the words at each attempt: lock them out for the three reads.
        reader.lock(Timeout.FOREVER);
        try {
            return leases.returned()
                    + size(
                            Words.getVolatile(memory, QueueLayout.HEAD),
                            Words.getVolatile(memory, QueueLayout.REMOVED),
                            Words.getVolatile(memory, QueueLayout.TAIL));
        } finally {
            reader.unlock();
        }
    }

    /** Returns the figures of this moment; takes no lock. */
    public QueueFigures figures() {
        return QueueFigures.read(memory, shape, slots, leases);
    }

    private static int size(long head, long removed, long tail) {
        return QueueLayout.count(tail) - QueueLayout.count(head) - QueueLayout.count(removed);
    }

    /**
     * True if at some moment during the call the queue had no element, and all taken elements were
     * done. If elements were ever leased, this is checked under the consumers' lock, so that none
     * is leased between the reads.
     *
     * @param nanos how long to wait for that lock; false when it could not be taken
     */
    public boolean isIdle(long nanos) {
        if (!seemsIdle()) {
            return false;
        }
        if (!leases.isUsed()) {
            return true;
        }
        if (!reader.lock(nanos)) {
            return false;
        }
        try {
            return seemsIdle();
        } finally {
            reader.unlock();
        }
    }

    /** As {@link #isIdle}, unless an element is leased between the reads; does not wait. */
    public boolean seemsIdle() {
        return seemsIdle(TwoLockRing::nothing);
    }

    /** For tests, which run code between the reads. */
    boolean seemsIdle(Runnable between) {
        long tail = Words.getVolatile(memory, QueueLayout.TAIL);
        // A leased element may be returned, so the leases are read before the elements.
        if (leases.isAnyHeld()) {
            return false;
        }
        between.run();
        if (size() != 0) {
            return false;
        }
        // An element is counted as taken before it is taken, so no element is missed in between.
        for (int slot = 0; slot < QueueLayout.SLOT_COUNT; slot++) {
            if (slots.owner(slot) != 0 && slots.underWay(slot) != 0) {
                return false;
            }
        }
        return Words.getVolatile(memory, QueueLayout.TAIL) == tail;
    }

    /**
     * True if there is room now for an element of that many bytes, or at least for the name of its
     * spill file; changes nothing.
     */
    public boolean hasRoom(long elementBytes) {
        long head = Words.getVolatile(memory, QueueLayout.HEAD);
        long removed = Words.getVolatile(memory, QueueLayout.REMOVED);
        long taken = QueueReader.takenBytes(memory);
        long tail = Words.getVolatile(memory, QueueLayout.TAIL);
        int flip = QueueLayout.flip(tail);
        long put = Words.getVolatile(memory, QueueLayout.PUT_BYTES + flip * Long.BYTES);
        long free =
                shape.ringBytes()
                        - QueueLayout.bytesBetween(
                                QueueLayout.units(head), QueueLayout.units(tail));
        return size(head, removed, tail) < shape.capacity()
                && put - taken + elementBytes <= shape.byteBound()
                && free >= 2 * QueueLayout.SPILLED_RECORD_BYTES;
    }
}
