package dev.procession.core;

import dev.procession.core.codec.StandardCodec;
import java.io.ObjectInputFilter;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Turns objects into bytes and back: the one place where Procession touches a user's data.
 *
 * <p>The {@linkplain #standard() standard codec} takes whatever {@link java.io.Serializable} takes,
 * lambdas included. Write another one to use a format of your own.
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
     * Turns bytes back into an object. The buffer's position and limit are left as they are.
     *
     * @param bytes one whole message, from the buffer's position to its limit; not used any more
     *     once this method has returned
     * @return the object, or {@code null} if {@code null} was encoded
     * @throws UndecodableException if the bytes are not a message of this codec, or the object
     *     cannot be restored in this process
     */
    @Nullable Object decode(ByteBuffer bytes);

    /**
     * Returns the codec that is used unless another one is asked for. It takes {@code null} and
     * every {@link java.io.Serializable} object; common small values, lambdas, and records of such
     * values are compact and fast, anything else is a Java object stream.
     *
     * <p><b>Identity.</b> What is shared or cyclic inside one encoded object is so again in the
     * decoded one. Strings and the boxes of primitive values are the exception: a lambda that
     * captured the same string twice may get two equal ones.
     *
     * <p><b>Records</b> of primitive values, their boxes, strings and at most one array of numbers
     * are written component by component, without an object stream; the canonical constructor makes
     * them, and components go by their names if the two processes have different versions. In a
     * module, such a record's package has to be open to Procession's core where it was taken apart
     * elsewhere.
     *
     * <p><b>Classes</b> are looked up with the context class loader of the thread that decodes,
     * then with Procession's own. A lambda can be decoded only where its class was compiled from
     * the same source, as is so for the processes of one program.
     *
     * <p><b>Trust.</b> Damaged bytes are refused with an {@link UndecodableException}. Bytes made
     * by an enemy are another matter: like every Java object stream they can run code of any class
     * that is found. Decode only what an authenticated peer has sent.
     *
     * @return the same codec at every call
     */
    static Codec standard() {
        return StandardCodec.INSTANCE;
    }

    /**
     * Returns a codec like the standard one that makes only objects of classes which a filter lets
     * in. For bytes from a peer that is known and not trusted with everything.
     *
     * <p>Strings and the boxes of primitive values are always let in, lambdas never are.
     *
     * @param filter decides about classes, array lengths and depth; what it leaves undecided is let
     *     in
     * @return a codec for use by many threads, if the filter is
     */
    static Codec filtered(ObjectInputFilter filter) {
        return new StandardCodec(Objects.requireNonNull(filter, "filter"));
    }
}
