package dev.procession.core.lane;

import dev.procession.core.link.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The record that names a spill file.
 *
 * <pre>
 *    0  1 byte    what the reader does with the file, see {@link Kind}
 *    1  1 byte    1 if the file was written over, so that it pays to have it mapped; else 0
 *    2  2 bytes   the slot into which the reader stores the ticket, if the kind is KEPT
 *    4  8 bytes   the ticket
 *   12  8 bytes   length of the payload, which is at the beginning of the file
 *   20  ...       the path of the file, in UTF-8
 * </pre>
 *
 * @param kind what the reader does with the file when it has finished
 * @param isReused whether the file was written over
 * @param slot which of the lane's spill words is the file's
 * @param ticket names this use of the file; no other record has it
 * @param length bytes of the payload
 * @param path the path of the file
 */
record SpillRecord(Kind kind, boolean isReused, int slot, long ticket, int length, String path) {

    /** What the reader of a spill file does with it. */
    enum Kind {
        /** The reader removes the file. */
        ONCE(0),
        /** The sender keeps the file, and writes over it when the reader has stored the ticket. */
        KEPT(1),
        /** The sender keeps the file, and knows from elsewhere when no process reads it. */
        LENT(2);

        private final int wire;

        Kind(int wire) {
            this.wire = wire;
        }
    }

    /** The room that the record of a spill file needs at most. */
    static final int MOST_BYTES = 512;

    private static final int HEAD_BYTES = 20;
    private static final Kind[] KINDS = Kind.values();

    byte[] encode() {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(HEAD_BYTES + name.length)
                .put((byte) kind.wire)
                .put((byte) (isReused ? 1 : 0))
                .putShort((short) slot)
                .putLong(ticket)
                .putLong(length)
                .put(name)
                .array();
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws ProtocolException if the bytes are something else
     */
    static SpillRecord decode(byte[] bytes) throws ProtocolException {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        Kind kind = kind(bytes.length > HEAD_BYTES ? in.get() : -1);
        boolean reused = in.get() != 0;
        int slot = in.getShort();
        if (slot < 0 || slot >= LaneLayout.SPILL_WORDS) {
            throw new ProtocolException("not the slot of a spill file: slot=" + slot);
        }
        long ticket = in.getLong();
        long length = in.getLong();
        if (length < 0 || length > Integer.MAX_VALUE) {
            throw new ProtocolException("not the length of a spill file: bytes=" + length);
        }
        String path =
                new String(bytes, HEAD_BYTES, bytes.length - HEAD_BYTES, StandardCharsets.UTF_8);
        return new SpillRecord(kind, reused, slot, ticket, (int) length, path);
    }

    private static Kind kind(int wire) throws ProtocolException {
        for (Kind kind : KINDS) {
            if (kind.wire == wire) {
                return kind;
            }
        }
        throw new ProtocolException("not the record of a spill file: kind=" + wire);
    }
}
