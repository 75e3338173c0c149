package dev.procession.core;

import dev.procession.core.codec.StandardCodec;
import java.io.ObjectInputFilter;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Turns objects into bytes and back, as Python's {@code pickle} does. Procession reads and writes a
 * user's data nowhere else.
 *
 * <p>The {@linkplain #standard() standard codec} takes every {@link java.io.Serializable} object,
 * lambdas included. Implement this interface to use another format.
 *
 * <pre>{@code
 * Codec codec = Codec.standard();
 * byte[] bytes = codec.encode(List.of("a", "b"));
 * Object copy = codec.decode(ByteBuffer.wrap(bytes));
 * }</pre>
 *
 * <p>An implementation must be safe for use by many threads at once. It runs in the thread that
 * sends or receives, never inside a lock of Procession.
 */
public interface Codec {

    /**
     * Turns an object into bytes.
     *
     * @param value the object, or {@code null}
     * @return a new array that belongs to the caller
     * @throws UnserializableException if the object, or one that it refers to, cannot be turned
     *     into bytes
     */
    byte[] encode(@Nullable Object value);

    /**
     * Turns bytes back into an object. The buffer's position and limit do not change.
     *
     * @param bytes one whole message, from the buffer's position to its limit. A large one lies in
     *     memory that the sender writes over afterwards, so the buffer may be direct and read-only,
     *     and the codec does not keep it, or a part of it, after it has returned
     * @return the object, or {@code null} if {@code null} was encoded
     * @throws UndecodableException if the bytes are not a message of this codec, or the object
     *     cannot be restored in this process
     */
    @Nullable Object decode(ByteBuffer bytes);

    /**
     * Returns the default codec. It takes {@code null} and every {@link java.io.Serializable}
     * object; common small values, lambdas, and records of such values are compact and fast,
     * anything else is a Java object stream.
     *
     * <p><b>Identity.</b> References that are shared or cyclic inside one encoded object are so
     * again in the decoded one. Strings and the boxes of primitive values are the exception: a
     * lambda that captured the same string twice may get two equal ones.
     *
     * <p><b>Records</b> of primitive values, their boxes, strings and at most one array of numbers
     * are written component by component, without an object stream; the canonical constructor
     * restores them, and components are matched by name if the two processes have different
     * versions of the record. If the record is in a module, its package must be open to
     * Procession's core in the process that decodes it, provided it was open in the process that
     * encoded it.
     *
     * <p><b>Classes</b> are looked up with the context class loader of the thread that decodes,
     * then with Procession's own. A lambda can be decoded only where its class was compiled from
     * the same source, which is so in the processes of one program.
     *
     * <p><b>Trust.</b> Damaged bytes are refused with an {@link UndecodableException}. Bytes made
     * by an attacker are not: like every Java object stream they can run code of any class that is
     * found. Decode only the messages of an authenticated peer.
     *
     * @return the same codec at every call
     */
    static Codec standard() {
        return StandardCodec.INSTANCE;
    }

    /**
     * Returns a codec like the standard one that decodes only objects whose classes a filter
     * admits. For bytes from a peer that is authenticated but not fully trusted.
     *
     * <p>Strings and the boxes of primitive values are always admitted, lambdas never.
     *
     * @param filter decides about classes, array lengths and depth; what it leaves undecided is
     *     admitted
     * @return a codec that many threads may use at once, if the filter allows it
     */
    static Codec filtered(ObjectInputFilter filter) {
        return new StandardCodec(Objects.requireNonNull(filter, "filter"));
    }
}
