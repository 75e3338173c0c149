package dev.procession.manager.objects;

import com.google.protobuf.ByteString;
import dev.procession.manager.stream.HeapBytes;

/** How many bytes some elements of a list have, and what they take of the heap. */
final class ElementBytes {

    private long plain;
    private long heap;

    static ElementBytes of(Iterable<? extends ByteString> elements) {
        ElementBytes bytes = new ElementBytes();
        elements.forEach(bytes::add);
        return bytes;
    }

    ElementBytes copy() {
        ElementBytes copy = new ElementBytes();
        copy.add(this);
        return copy;
    }

    /** The bytes that they have. */
    long plain() {
        return plain;
    }

    /** What they take of the heap. */
    long heap() {
        return heap;
    }

    void add(ByteString element) {
        plain += element.size();
        heap += HeapBytes.of(element);
    }

    void subtract(ByteString element) {
        plain -= element.size();
        heap -= HeapBytes.of(element);
    }

    void add(ElementBytes others) {
        plain += others.plain;
        heap += others.heap;
    }

    void subtract(ElementBytes others) {
        plain -= others.plain;
        heap -= others.heap;
    }

    void clear() {
        plain = 0;
        heap = 0;
    }
}
