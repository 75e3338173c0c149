package dev.procession.queue.ring;

import dev.procession.core.memory.DeathProbe;
import dev.procession.core.memory.OwnerLock;
import dev.procession.core.memory.Segment;
import dev.procession.core.memory.Words;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A bounded first-in first-out queue of bytes between any threads of any processes, as {@link
 * QueueLayout} draws it, seen from one process.
 *
 * <p>Producers share a lock and write TAIL, consumers share another one and write HEAD. Nothing
 * here waits but for a lock; who wants to sleep until there is an element or room does so above,
 * and finds what it takes in {@link #slots}. Thread-safe, where the parts do not say otherwise.
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

    /** Closed, empty, and nothing leased: that is for ever. */
    private volatile boolean over;

    /**
     * The queue in a segment, with a slot for this process.
     *
     * @param self the number of this process
     * @throws IOException if the segment's words cannot be a queue's, or it has no slot left
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

    /** The memory behind it. */
    public Segment segment() {
        return segment;
    }

    /** The queue's sizes. */
    public QueueShape shape() {
        return shape;
    }

    /** The producers' side. */
    public QueueWriter writer() {
        return writer;
    }

    /** The consumers' side. */
    public QueueReader reader() {
        return reader;
    }

    /** The elements that were taken on approval. */
    public QueueLeases leases() {
        return leases;
    }

    /** The processes that use the queue. */
    public QueueSlots slots() {
        return slots;
    }

    /** True if there is no element now. */
    public boolean isEmpty() {
        // HEAD first: TAIL does not fall behind it meanwhile.
        long head = Words.getVolatile(memory, QueueLayout.HEAD);
        return QueueLayout.units(head)
                        == QueueLayout.units(Words.getVolatile(memory, QueueLayout.TAIL))
                && leases.returned() == 0;
    }

    /** What is done between two looks, but in tests. */
    private static void nothing() {}

    /**
     * True if it seems to be closed, to have no element, and none that can come back. Only a reason
     * to ask {@link #isOver}: an element may be leased between the looks.
     */
    public boolean seemsOver() {
        return over || seemsOver(TwoLockRing::nothing);
    }

    /** For tests, which do something between the looks. */
    boolean seemsOver(Runnable between) {
        if (!isClosed() || leases.isAnyHeld()) {
            return false;
        }
        between.run();
        return isEmpty();
    }

    /**
     * True if it is closed, has no element, and none can come back: looked at under the consumers'
     * lock, so that nothing is taken meanwhile. It stays so.
     *
     * @param nanos how long to wait for that lock; false when it could not be had
     */
    public boolean isOver(long nanos) {
        return isOver(nanos, TwoLockRing::nothing);
    }

    /** For tests, which do something between the unlocked looks. */
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

    /** True if a record that was put at this offset has not left. */
    public boolean isThere(long offset) {
        long head = QueueLayout.units(Words.getVolatile(memory, QueueLayout.HEAD));
        long tail = QueueLayout.units(Words.getVolatile(memory, QueueLayout.TAIL));
        return QueueLayout.bytesBetween(head, offset) < QueueLayout.bytesBetween(head, tail);
    }

    /** True if no element comes any more. */
    public boolean isClosed() {
        return (Words.getVolatile(memory, QueueLayout.STATE) & QueueLayout.CLOSED_BIT) != 0;
    }

    /** How many elements there are: exact at some moment during the call. */
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
        // Consumers are very busy: hold them still for the three words.
        reader.lock(Long.MAX_VALUE);
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

    private static int size(long head, long removed, long tail) {
        return QueueLayout.count(tail) - QueueLayout.count(head) - QueueLayout.count(removed);
    }

    /**
     * True if there was a moment at which no element was left, and none that was taken undone:
     * looked at under the consumers' lock, so that nothing is leased between the looks.
     *
     * @param nanos how long to wait for that lock; false when it could not be had
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

    /** As {@link #isIdle}, unless an element is leased between the looks; does not wait. */
    public boolean seemsIdle() {
        return seemsIdle(TwoLockRing::nothing);
    }

    /** For tests, which do something between the looks. */
    boolean seemsIdle(Runnable between) {
        long tail = Words.getVolatile(memory, QueueLayout.TAIL);
        // What is leased may come back, so it is looked for before what is there.
        if (leases.isAnyHeld()) {
            return false;
        }
        between.run();
        if (size() != 0) {
            return false;
        }
        // An element is counted as taken before it leaves: none escapes between the two looks.
        for (int slot = 0; slot < QueueLayout.SLOT_COUNT; slot++) {
            if (slots.owner(slot) != 0 && slots.underWay(slot) != 0) {
                return false;
            }
        }
        return Words.getVolatile(memory, QueueLayout.TAIL) == tail;
    }

    /**
     * True if an element of that many bytes would find room now, at least as the name of a file;
     * only looks.
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
