package dev.procession.core.lane;

import dev.procession.core.memory.Words;

/**
 * The control words and the records of a one-writer ring.
 *
 * <p>Control words, each {@link Words#PADDED} bytes from the next:
 *
 * <pre>
 *   TAIL           bytes ever committed     written by the writer alone, for the end's next holder
 *   HEAD           bytes ever consumed      written by the reader alone
 *   READER_WAITS   1: the reader sleeps     set by the reader, cleared by either
 *   WRITER_WAITS   1: the writer sleeps     set by the writer, cleared by either
 * </pre>
 *
 * <p>A record starts at a multiple of eight and never wraps:
 *
 * <pre>
 *   0  long  header: 0 while there is no record; 63..32 the type, the user's, and
 *            31..0 the complement of the payload's length, or {@link #PADDING}: go to the ring's start
 *   8  long  id, the user's
 *  16  payload, then up to 7 bytes to the next multiple of eight
 * </pre>
 *
 * <p>The store of the header is the commit. A reader checks no other word, so one cache line brings
 * it the commit and the record. Before a record is committed the writer zeroes the header behind
 * it, for which it keeps room; a record at the ring's start that follows padding is committed by
 * the header of the padding.
 *
 * <p>The traces of a killed process:
 *
 * <table>
 * <caption>Prefixes of the operations</caption>
 * <tr><th>killed</th><th>left in memory</th><th>what the other side sees</th></tr>
 * <tr><td>writer, before the header is stored</td><td>bytes behind a header of zero</td>
 *     <td>nothing; they are overwritten by the next writer of this end, if there is one</td></tr>
 * <tr><td>writer, after the header, before TAIL or the doorbell</td><td>a whole record</td><td>the
 *     record, at the latest when its bounded sleep ends; the next writer
 *     continues behind it</td></tr>
 * <tr><td>reader, before HEAD is stored</td><td>a record still in the ring</td><td>the message was
 *     not consumed; no other process reads it, because the ring has one reader</td></tr>
 * <tr><td>reader, after HEAD, before the doorbell</td><td>free space</td><td>the space, at the
 *     latest when its bounded sleep ends</td></tr>
 * <tr><td>either, with its WAITS word at 1</td><td>a bit without a waiter</td><td>one wake-up
 *     sent to a dead process</td></tr>
 * </table>
 */
final class RingLayout {

    static final int TAIL = 0;
    static final int HEAD = TAIL + Words.PADDED;
    static final int READER_WAITS = HEAD + Words.PADDED;
    static final int WRITER_WAITS = READER_WAITS + Words.PADDED;
    static final int CONTROL_BYTES = WRITER_WAITS + Words.PADDED;

    static final int RECORD_HEADER = 0;
    static final int RECORD_ID = RECORD_HEADER + Long.BYTES;
    static final int RECORD_PAYLOAD = RECORD_ID + Long.BYTES;

    /** A header: the rest of the ring is not used this time. */
    static final long PADDING = 1;

    private RingLayout() {}

    /** Returns the bytes that a record with this payload takes in the ring. */
    static int recordBytes(int payloadBytes) {
        return (RECORD_PAYLOAD + payloadBytes + 7) & -8;
    }

    /** Returns the header of a record, which is never zero. */
    static long header(int type, int payloadBytes) {
        return (long) type << 32 | (~payloadBytes & 0xFFFF_FFFFL);
    }

    static int type(long header) {
        return (int) (header >>> 32);
    }

    /**
     * Returns the payload's length; negative, or too large for any ring, if this is not a record's
     * header.
     */
    static int payloadBytes(long header) {
        return ~(int) header;
    }
}
