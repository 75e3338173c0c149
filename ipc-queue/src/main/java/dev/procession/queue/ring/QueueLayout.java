package dev.procession.queue.ring;

import dev.procession.core.memory.KillPoint;
import dev.procession.core.memory.OwnerLock;
import dev.procession.core.memory.Segment;
import dev.procession.core.memory.Words;

/**
 * A queue: a ring of records between two owner-word locks, a slot for each process that uses the
 * queue, and a bit for each process that waits.
 *
 * <pre>
 *    128  CAPACITY        elements at most                           } written before the segment
 *    136  BYTE_BOUND      bytes of elements at most                  } has its name, and never
 *    144  RING_BYTES      bytes of the ring, a power of two          } again
 *    256  STATE           summary that most calls read, see below
 *    384  PRODUCERS       owner word of the producers' lock ({@link OwnerLock})
 *    512  TAIL            position after the newest element          } written by the holder of
 *    520  PUT_BYTES       two words: element bytes ever put          } the producers' lock
 *    640  CONSUMERS       owner word of the consumers' lock
 *    768  HEAD            position of the oldest element             } written by the holder of
 *    776  TAKEN_BYTES     two words: element bytes ever taken        } the consumers' lock
 *    792  REMOVED         elements ever removed from the middle      }
 *    896  WAITERS         a bit for each slot that waits for an element
 *   1024                  the same, for room
 *   1152                  the same, until all elements are done
 *   1280  SLOTS           64 bytes for each process that uses the queue: OWNER, TAKEN, DONE
 *  17664  LEASES          128 entries of {@link QueueLeases}
 *  24576  the records
 * </pre>
 *
 * <p><b>Positions.</b> HEAD and TAIL pack values that must change together:
 *
 * <pre>
 *   63..32 count of elements     31..1 offset in units of eight bytes     0 flip
 * </pre>
 *
 * Both numbers wrap; only their differences have a meaning. The flip changes at each store, and
 * selects the word of PUT_BYTES or TAKEN_BYTES that belongs to the position: the other word is
 * written first, then the store of the position makes it the valid one.
 *
 * <p><b>STATE</b> summarizes many words in one: while it is zero but for the count, no process
 * waits, nothing was ever leased and the queue is open. Each change is one atomic step.
 *
 * <pre>
 *   63..5 count of announcements     4..2 a process may wait: for idleness, for room, for an element
 *   1 there was a lease              0 closed, set under the producers' lock
 * </pre>
 *
 * A process that is about to wait sets its bit in WAITERS and then, in one step, sets the bit here
 * and increments the count. A process that finds a bit here and none in WAITERS clears the bit by a
 * compare-and-set, which fails if a wait was announced after STATE was read: so no announcement is
 * lost.
 *
 * <p><b>REMOVED</b> packs the count of elements that were removed from the middle and the offset of
 * the last of them, so that one store removes an element. The mark in its record is set afterwards;
 * if the process dies before, the next holder of the consumers' lock sets it.
 *
 * <pre>
 *   63..32 count     31..1 offset, as in a position     0 the record is not marked yet
 * </pre>
 *
 * <p><b>A record</b> starts at a multiple of eight and never wraps: a header of one word, then the
 * payload.
 *
 * <pre>
 *   63..32 kind: see the constants below      31..0 length of the payload in bytes
 * </pre>
 *
 * <p>The element count is {@code TAIL.count - HEAD.count - REMOVED.count}, and HEAD is never left
 * at a removed record, so the queue is empty when both positions have the same offset.
 *
 * <p>The traces of a killed process ({@link KillPoint} lists the places):
 *
 * <table>
 * <caption>Prefixes of the operations</caption>
 * <tr><th>killed</th><th>left in memory</th><th>what other processes see</th></tr>
 * <tr><td>put, lock taken, before TAIL is stored</td><td>the owner word; bytes beyond TAIL; the
 *     other word of PUT_BYTES</td><td>nothing new; after the death is proven the lock is taken
 *     over, and what lies beyond TAIL is overwritten</td></tr>
 * <tr><td>put, after TAIL</td><td>the owner word, a whole element</td><td>the element, at the latest
 *     when a bounded sleep ends</td></tr>
 * <tr><td>put, after the unlock, before the doorbell</td><td>a whole element</td><td>the same</td>
 *     </tr>
 * <tr><td>take, lock taken, before HEAD is stored</td><td>the owner word; TAKEN of its slot too
 *     large</td><td>the element is still the oldest; the slot of a dead process does not
 *     count</td></tr>
 * <tr><td>take, after HEAD</td><td>the element is lost with its taker</td><td>room, at the latest
 *     when a bounded sleep ends</td></tr>
 * <tr><td>removal, after REMOVED is stored</td><td>a record that is counted as removed and not
 *     marked</td><td>the next holder of the consumers' lock marks it</td></tr>
 * <tr><td>removal, after the mark</td><td>HEAD may be at a marked record</td><td>the next holder
 *     moves HEAD past it</td></tr>
 * <tr><td>close, after STATE</td><td>a closed queue</td><td>waiters see it when a bounded sleep
 *     ends</td></tr>
 * <tr><td>waiting</td><td>its bit, and its slot</td><td>one wake-up is sent in vain; a process
 *     that needs a slot, or waits until all elements are done, proves the death and frees the
 *     slot</td></tr>
 * <tr><td>taking a lock over</td><td>its own owner word</td><td>the next contender takes it over in turn;
 *     the only other repair is that of REMOVED, which can be repeated</td></tr>
 * </table>
 */
public final class QueueLayout {

    /** How many processes may use a queue at once. */
    public static final int SLOT_COUNT = 256;

    /** The size of the largest ring. */
    public static final int MAX_RING_BYTES = 1 << 30;

    /** How many elements may be leased at once. */
    public static final int LEASE_COUNT = 128;

    /** A record that holds an element. */
    public static final int INLINE = 1;

    /** A record that names the spill file with an element. */
    public static final int SPILLED = 2;

    /** The number of waiter bits in a word. */
    static final int WAITERS_PER_WORD = Long.SIZE;

    /** Never in a record: the kind of an element that was returned from a lease. */
    public static final int RETURNED = 4;

    static final int PADDING = 3;
    static final int REMOVED_MARK = 16;

    static final long CLOSED_BIT = 1;
    static final long LEASES_BIT = 2;
    static final long WAITERS_BITS = 7 << 2;
    static final long ANNOUNCEMENT = 1 << 5;

    static final int CAPACITY = Segment.BODY;
    static final int BYTE_BOUND = CAPACITY + Long.BYTES;
    static final int RING_BYTES = BYTE_BOUND + Long.BYTES;
    static final int STATE = Segment.BODY + Words.PADDED;
    static final int PRODUCERS = STATE + Words.PADDED;
    static final int TAIL = PRODUCERS + Words.PADDED;
    static final int PUT_BYTES = TAIL + Long.BYTES;
    static final int CONSUMERS = TAIL + Words.PADDED;
    static final int HEAD = CONSUMERS + Words.PADDED;
    static final int TAKEN_BYTES = HEAD + Long.BYTES;
    static final int REMOVED = TAKEN_BYTES + 2 * Long.BYTES;
    private static final int WAITERS = HEAD + Words.PADDED;
    private static final int SLOTS = WAITERS + 3 * Words.PADDED;
    private static final int SLOT_BYTES = 64;
    private static final int LEASES = SLOTS + SLOT_COUNT * SLOT_BYTES;
    private static final int LEASE_BYTES = 5 * Long.BYTES;
    static final int DATA = 24576;

    static final int HEADER_BYTES = Long.BYTES;

    /** The payload of a record of kind {@link #SPILLED}, see {@link QueueSpillName}. */
    static final int SPILLED_BYTES = 3 * Long.BYTES;

    static final int SPILLED_RECORD_BYTES = HEADER_BYTES + SPILLED_BYTES;

    private static final long OFFSET_MASK = 0x7FFF_FFFFL;

    private QueueLayout() {}

    /** Returns the length of a segment with a ring of that many bytes. */
    public static int segmentBytes(int ringBytes) {
        return DATA + ringBytes;
    }

    static int lease(int lease) {
        return LEASES + lease * LEASE_BYTES;
    }

    static long waitersBit(Waiting waiting) {
        return 1L << (waiting.index() + 2);
    }

    static int waiters(Waiting waiting, int slot) {
        return WAITERS + waiting.index() * Words.PADDED + slot / WAITERS_PER_WORD * Long.BYTES;
    }

    static int slotOwner(int slot) {
        return SLOTS + slot * SLOT_BYTES;
    }

    static int slotTaken(int slot) {
        return slotOwner(slot) + Long.BYTES;
    }

    static int slotDone(int slot) {
        return slotTaken(slot) + Long.BYTES;
    }

    static long position(long count, long units, long flip) {
        return count << 32 | (units & OFFSET_MASK) << 1 | (flip & 1);
    }

    static int count(long word) {
        return (int) (word >>> 32);
    }

    static long units(long word) {
        return word >>> 1 & OFFSET_MASK;
    }

    /** Wraps an offset. */
    static long offset(long units) {
        return units & OFFSET_MASK;
    }

    static int flip(long word) {
        return (int) (word & 1);
    }

    /** Returns how many bytes one offset is ahead of another. */
    static long bytesBetween(long fromUnits, long toUnits) {
        return (toUnits - fromUnits & OFFSET_MASK) << 3;
    }

    /** Returns the place of an offset in the segment. */
    static int index(long units, int ringBytes) {
        return DATA + (int) (units << 3 & ringBytes - 1);
    }

    static long header(int kind, int length) {
        return (long) kind << 32 | length;
    }

    static int kind(long header) {
        return (int) (header >>> 32);
    }

    static int length(long header) {
        return (int) header;
    }

    /**
     * Returns the bytes that a record with this payload takes in the ring: never less than a record
     * that names a spill file, so that each element that is taken makes room for one of those.
     */
    static int recordBytes(int payloadBytes) {
        return Math.max(SPILLED_RECORD_BYTES, HEADER_BYTES + (payloadBytes + 7 & -8));
    }
}
