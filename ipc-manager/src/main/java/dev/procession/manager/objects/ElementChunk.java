package dev.procession.manager.objects;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.List;

/** Some elements of a list that lie side by side. */
final class ElementChunk {

    /** How many elements a chunk has at most. */
    static final int MAX_SIZE = 512;

    /** The number of copies of the list that had been made when it was made. */
    private final long stamp;

    private final ElementBytes bytes;
    private ByteString[] elements;
    private int size;

    private ElementChunk(long stamp, ByteString[] elements, int size, ElementBytes bytes) {
        this.stamp = stamp;
        this.elements = elements;
        this.size = size;
        this.bytes = bytes;
    }

    static ElementChunk of(long stamp, List<ByteString> elements) {
        return new ElementChunk(
                stamp,
                elements.toArray(new ByteString[0]),
                elements.size(),
                ElementBytes.of(elements));
    }

    ElementChunk copy(long newStamp) {
        return new ElementChunk(newStamp, Arrays.copyOf(elements, size), size, bytes.copy());
    }

    /** Whether a copy of the list may have it too, so that it must not be changed. */
    boolean isShared(long copies) {
        return stamp != copies;
    }

    int size() {
        return size;
    }

    /** Those of its elements. */
    ElementBytes bytes() {
        return bytes;
    }

    ByteString get(int index) {
        return elements[index];
    }

    /** The elements from one index up to another. */
    List<ByteString> range(int from, int to) {
        return Arrays.asList(elements).subList(from, to);
    }

    void set(int index, ByteString element) {
        bytes.subtract(elements[index]);
        bytes.add(element);
        elements[index] = element;
    }

    /** Inserts elements, for which there must be room. */
    void insert(int index, List<ByteString> more) {
        int count = more.size();
        if (size + count > elements.length) {
            int room = Math.min(MAX_SIZE, Math.max(size + count, 2 * size));
            elements = Arrays.copyOf(elements, room);
        }
        System.arraycopy(elements, index, elements, index + count, size - index);
        for (int i = 0; i < count; i++) {
            elements[index + i] = more.get(i);
            bytes.add(more.get(i));
        }
        size += count;
    }

    void remove(int from, int to) {
        for (int i = from; i < to; i++) {
            bytes.subtract(elements[i]);
        }
        System.arraycopy(elements, to, elements, from, size - to);
        int rest = size - (to - from);
        Arrays.fill(elements, rest, size, null);
        size = rest;
    }
}
