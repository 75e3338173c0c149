package dev.procession.core.memory;

/** What a segment holds; the wire number is written into it and never reused. */
public enum SegmentKind {
    /** The counters that all processes of one session share. */
    SESSION(1),
    /** Two one-writer rings, one for each direction between two ends. */
    LANE(2),
    /** A two-lock ring, who uses it, and who waits at it. */
    QUEUE(3);

    private final long wire;

    SegmentKind(long wire) {
        this.wire = wire;
    }

    long wire() {
        return wire;
    }
}
