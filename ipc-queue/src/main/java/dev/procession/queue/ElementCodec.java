package dev.procession.queue;

import dev.procession.core.Codec;
import dev.procession.core.UndecodableException;
import dev.procession.core.UnserializableException;
import dev.procession.core.transfer.Transfers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * Turns the elements of a queue into bytes and back. User code runs here, so the callers hold no
 * lock. As thread-safe as the codec.
 *
 * @param <E> the elements
 */
final class ElementCodec<E> {

    private final Codec codec;

    ElementCodec(Codec codec) {
        this.codec = codec;
    }

    Codec codec() {
        return codec;
    }

    /**
     * Encodes an element.
     *
     * @throws UnserializableException if the codec refuses it
     */
    byte[] encode(E element) {
        return Transfers.encode(codec, Objects.requireNonNull(element, "element"));
    }

    /**
     * Encodes all elements, in the order of the collection.
     *
     * @throws UnserializableException if the codec refuses one of them
     */
    List<byte[]> encodeAll(Collection<? extends E> elements) {
        List<byte[]> encoded = new ArrayList<>(elements.size());
        for (E element : elements) {
            encoded.add(encode(element));
        }
        return encoded;
    }

    /**
     * Decodes an element.
     *
     * @throws UndecodableException if the codec cannot
     */
    E decode(byte[] bytes) {
        return decode(ByteBuffer.wrap(bytes));
    }

    /**
     * Decodes an element.
     *
     * @throws UndecodableException if the codec cannot
     */
    @SuppressWarnings("unchecked") // the queue's type says what is put into it
    E decode(ByteBuffer bytes) {
        return (E) codec.decode(bytes);
    }
}
