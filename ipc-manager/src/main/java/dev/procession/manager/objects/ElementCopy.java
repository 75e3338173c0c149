package dev.procession.manager.objects;

import com.google.protobuf.ByteString;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;

/** The elements of a list at one moment. Nothing changes it, so any thread may read it. */
final class ElementCopy extends AbstractList<ByteString> implements RandomAccess {

    private final ElementChunk[] chunks;

    /** The index of each chunk's first element. */
    private final int[] starts;

    private final int size;

    ElementCopy(List<ElementChunk> chunks, int size) {
        this.chunks = chunks.toArray(new ElementChunk[0]);
        this.starts = new int[this.chunks.length];
        this.size = size;
        int start = 0;
        for (int i = 0; i < starts.length; i++) {
            starts[i] = start;
            start += this.chunks[i].size();
        }
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public ByteString get(int index) {
        int found = Arrays.binarySearch(starts, index);
        int chunk = found >= 0 ? found : -found - 2;
        return chunks[chunk].get(index - starts[chunk]);
    }
}
