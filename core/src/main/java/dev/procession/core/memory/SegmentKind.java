package dev.procession.core.memory;

/** The kind of data in a segment; the number is written into the segment and never reused. */
public enum SegmentKind {
    /** The counters that all processes of one session share. */
    SESSION(1),
    /** Two one-writer rings, one for each direction between two ends. */
    LANE(2),
    /** A two-lock ring, the processes that use it, and the bits of its waiters. */
    QUEUE(3),
    /** Whether a value that processes share is closed. */
    SHARED(4);

    private final long wire;

    SegmentKind(long wire) {
        this.wire = wire;
    }

    long wire() {
        return wire;
    }
}
