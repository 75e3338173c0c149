package dev.procession.core.lane;

/**
 * The word that names the holder of one end of a lane: the state, how often the end moved, and the
 * member.
 *
 * <pre>
 *   63..60 state     59..32 epoch     31..0 member
 *
 *   NONE ──attach──▶ HELD ──move──▶ MOVING ──attach──▶ HELD (epoch + 1, another member)
 *                     │  ◀─take back──┘
 *                     ├──close──▶ CLOSED
 *                     └──the member is proven dead──▶ DEAD   (from MOVING too)
 * </pre>
 *
 * Every change is one store or one compare-and-set of the whole word, so a claim and the name of
 * the claiming member become visible together.
 */
public enum LaneOwner {
    /** No member has held this end yet. */
    NONE(0),
    /** A member holds it; the member may have died since. */
    HELD(1),
    /** The member gave it away; the process that decodes the handle attaches to it. */
    MOVING(2),
    /** Its holder closed it. */
    CLOSED(3),
    /** Its holder was proven dead. */
    DEAD(4);

    private static final LaneOwner[] STATES = values();
    private static final long EPOCH_MASK = (1L << 28) - 1;
    private static final long MEMBER_MASK = 0xFFFF_FFFFL;

    private final long number;

    LaneOwner(long number) {
        this.number = number;
    }

    /** Packs a word of this state. */
    public long word(long epoch, long member) {
        return (number << 60) | ((epoch & EPOCH_MASK) << 32) | (member & MEMBER_MASK);
    }

    /** The state in a word. */
    public static LaneOwner state(long word) {
        int index = (int) (word >>> 60);
        if (index >= STATES.length) {
            throw new IllegalStateException(
                    "the lane's owner word is corrupt: 0x" + Long.toHexString(word));
        }
        return STATES[index];
    }

    /** How often the end has changed hands. */
    public static long epoch(long word) {
        return word >>> 32 & EPOCH_MASK;
    }

    /** The member in a word. */
    public static long member(long word) {
        return word & MEMBER_MASK;
    }
}
