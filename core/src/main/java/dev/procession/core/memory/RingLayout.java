package dev.procession.core.memory;

/**
 * The control words and the records of a one-writer ring.
 *
 * <p>Control words, each {@link Words#PADDED} bytes from the next:
 *
 * <pre>
 *   TAIL           bytes ever committed     written by the writer alone
 *   HEAD           bytes ever consumed      written by the reader alone
 *   READER_WAITS   1: the reader sleeps     set by the reader, cleared by either
 *   WRITER_WAITS   1: the writer sleeps     set by the writer, cleared by either
 * </pre>
 *
 * <p>A record starts at a multiple of eight and never wraps:
 *
 * <pre>
 *   0  int   length of the payload in bytes, or {@link #PADDING}: skip to the ring's start
 *   4  int   type, the user's
 *   8  long  id, the user's
 *  16  payload, then up to 7 bytes to the next multiple of eight
 * </pre>
 *
 * <p>What a killed process leaves behind:
 *
 * <table>
 * <caption>Prefixes of the operations</caption>
 * <tr><th>killed</th><th>left in memory</th><th>what the other side sees</th></tr>
 * <tr><td>writer, before TAIL is stored</td><td>bytes beyond TAIL</td><td>nothing; they are
 *     overwritten by the next writer of this end, if there is one</td></tr>
 * <tr><td>writer, after TAIL, before the doorbell</td><td>a whole record</td><td>the record, at the
 *     latest when its bounded sleep ends</td></tr>
 * <tr><td>reader, before HEAD is stored</td><td>a record still in the ring</td><td>the message was
 *     not consumed; nobody else reads it, for the ring has one reader</td></tr>
 * <tr><td>reader, after HEAD, before the doorbell</td><td>free space</td><td>the space, at the
 *     latest when its bounded sleep ends</td></tr>
 * <tr><td>either, with its WAITS word at 1</td><td>a bit nobody waits behind</td><td>one doorbell to
 *     the dead</td></tr>
 * </table>
 */
final class RingLayout {

    static final int TAIL = 0;
    static final int HEAD = TAIL + Words.PADDED;
    static final int READER_WAITS = HEAD + Words.PADDED;
    static final int WRITER_WAITS = READER_WAITS + Words.PADDED;
    static final int CONTROL_BYTES = WRITER_WAITS + Words.PADDED;

    static final int RECORD_LENGTH = 0;
    static final int RECORD_TYPE = RECORD_LENGTH + Integer.BYTES;
    static final int RECORD_ID = RECORD_TYPE + Integer.BYTES;
    static final int RECORD_PAYLOAD = RECORD_ID + Long.BYTES;

    static final int PADDING = -1;

    private RingLayout() {}

    /** The bytes that a record with this payload takes in the ring. */
    static int recordBytes(int payloadBytes) {
        return (RECORD_PAYLOAD + payloadBytes + 7) & -8;
    }
}
