package dev.procession.manager.stream;

import dev.procession.core.link.ProtocolException;
import dev.procession.manager.stream.RequestShape.Field;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the tags of a request before it is decoded, and allocates nothing: a value of a byte
 * takes two bytes more in a message, and {@value ServerStats#VALUE_BYTES} in the heap. It says what
 * the request will take of the heap, and refuses one that would take too much. One with a field
 * that no request has, which could hide memory, or with a second one of what is there once, cannot
 * come from a client of this version, and ends its connection.
 *
 * <p>One is used for all connections, by the server's thread alone.
 */
public final class RequestScan {

    private static final int SEQ = 1;
    private static final int RECEIVED = 2;
    private static final int NUMBER_BITS = 7;
    private static final int WIRE_TYPE_BITS = 3;

    /** What a number takes in an array that grows by half. */
    private static final long NUMBER_BYTES = 12;

    private final long maxBytes;

    /** How many values or numbers each field of the message has that has any. */
    private final int[] entries = new int[RequestShape.MAX_FIELD + 1];

    private ByteBuf frame = Unpooled.EMPTY_BUFFER;
    private int at;
    private long seq;
    private long received;
    private long bytes;
    private @Nullable String refusal;

    /**
     * Makes a scan.
     *
     * @param maxBytes what a request may take of the heap
     */
    public RequestScan(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** The request's number; 0 if it is about the stream itself. */
    long seq() {
        return seq;
    }

    /** How many answers the request confirms. */
    long received() {
        return received;
    }

    /** What the request takes of the heap, once it is decoded; not the whole if it is refused. */
    long bytes() {
        return bytes;
    }

    /** Why the request must not be decoded; null if it may be. */
    @Nullable String refusal() {
        return refusal;
    }

    /**
     * Goes through a request, which is what is readable, and stays so.
     *
     * @throws ProtocolException if it is malformed
     */
    void scan(ByteBuf request) throws ProtocolException {
        frame = request;
        at = request.readerIndex();
        seq = 0;
        received = 0;
        bytes = ServerStats.CALL_BYTES;
        refusal = null;
        message(RequestShape.REQUEST, request.writerIndex());
        frame = Unpooled.EMPTY_BUFFER;
    }

    /** Goes through a message, or through its beginning until it is refused. */
    private void message(RequestShape shape, int end) throws ProtocolException {
        boolean outer = shape == RequestShape.REQUEST;
        long seen = 0;
        Arrays.fill(entries, 0);
        while (at < end && (outer || refusal == null)) {
            long tag = varint(end);
            long number = tag >>> WIRE_TYPE_BITS;
            Field field = shape.field(number);
            if (field == null || field.wireType() != (tag & (1 << WIRE_TYPE_BITS) - 1)) {
                throw new ProtocolException("a request has an unknown field: number=" + number);
            }
            if (field != Field.VALUES && (seen & 1L << number) != 0) {
                throw new ProtocolException("a request has a field twice: number=" + number);
            }
            seen |= 1L << number;
            if (field == Field.NUMBER) {
                number(outer, number, varint(end));
                continue;
            }
            long length = varint(end);
            if (length < 0 || length > end - at) {
                throw new ProtocolException(
                        "a field of a request is longer than the request: number=" + number);
            }
            int next = at + (int) length;
            content(shape, field, (int) number, next);
            at = next;
        }
    }

    private void number(boolean outer, long field, long value) {
        if (outer && field == SEQ) {
            seq = value;
        } else if (outer && field == RECEIVED) {
            received = value;
        }
    }

    private void content(RequestShape shape, Field field, int number, int end)
            throws ProtocolException {
        int length = end - at;
        switch (field) {
            case MESSAGE -> {
                if (refusal == null) {
                    message(shape.message(number), end);
                }
            }
            case BYTES -> count(HeapBytes.of(length));
            case TEXT -> count(HeapBytes.of(2L * length)); // if its characters take two bytes
            case VALUES -> {
                count(ServerStats.VALUE_BYTES + HeapBytes.of(length));
                countEntry(shape, number);
            }
            case NUMBERS -> {
                while (at < end && refusal == null) {
                    long unused = varint(end);
                    count(NUMBER_BYTES);
                    countEntry(shape, number);
                }
            }
            case NUMBER -> throw new IllegalStateException("it has no length");
        }
    }

    private void count(long more) {
        bytes += more;
        if (bytes > maxBytes && refusal == null) {
            refusal =
                    "the request would take too much memory: bytes>="
                            + bytes
                            + ", limit="
                            + maxBytes
                            + ", with "
                            + ServerStats.VALUE_BYTES
                            + " bytes for each value; send less at once, or start the manager with"
                            + " a greater maxMessageBytes";
        }
    }

    private void countEntry(RequestShape shape, int number) {
        if (++entries[number] > shape.maxEntries() && refusal == null) {
            refusal =
                    "the request has too many entries: count>="
                            + entries[number]
                            + ", limit="
                            + shape.maxEntries()
                            + "; send less at once";
        }
    }

    private long varint(int end) throws ProtocolException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += NUMBER_BITS) {
            if (at >= end) {
                throw new ProtocolException("a request ends within a field");
            }
            byte part = frame.getByte(at++);
            value |= (part & 0x7fL) << shift;
            if (part >= 0) {
                return value;
            }
        }
        throw new ProtocolException("a number of a request has too many bytes");
    }
}
