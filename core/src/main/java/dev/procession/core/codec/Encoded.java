package dev.procession.core.codec;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An encoded object: one array, or parts of which the large ones are the object's own arrays of
 * bytes. Parts are valid until the object changes.
 *
 * @param whole the array, which belongs to the caller; null if there are parts
 * @param parts the parts in their order, each from its position to its limit
 */
public record Encoded(byte @Nullable [] whole, List<ByteBuffer> parts) {

    /** Returns an object that lies in one array. */
    public static Encoded of(byte[] whole) {
        return new Encoded(whole, List.of());
    }

    /** Returns the number of bytes. */
    public int length() {
        if (whole != null) {
            return whole.length;
        }
        int length = 0;
        for (ByteBuffer part : parts) {
            length += part.remaining();
        }
        return length;
    }

    /** Returns one array, into which parts are copied. */
    public byte[] toByteArray() {
        if (whole != null) {
            return whole;
        }
        ByteBuffer into = ByteBuffer.allocate(length());
        for (ByteBuffer part : parts) {
            into.put(part.duplicate());
        }
        return into.array();
    }

    /** Returns the parts; the array is the only one if there are none. */
    public List<ByteBuffer> toParts() {
        return whole == null ? parts : List.of(ByteBuffer.wrap(whole));
    }
}
