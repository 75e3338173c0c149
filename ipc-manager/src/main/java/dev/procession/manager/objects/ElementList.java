package dev.procession.manager.objects;

import com.google.protobuf.ByteString;
import dev.procession.manager.stream.HeapBytes;
import dev.procession.manager.stream.ServerStats;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * The elements of a list, in chunks: a change in the middle moves the elements of one chunk, and a
 * copy shares all chunks until they change.
 */
final class ElementList extends AbstractList<ByteString> implements RandomAccess {

    private static final int REFERENCE_BYTES = 8;

    /** Neighbours with fewer elements together become one chunk. */
    private static final int JOINED_SIZE = ElementChunk.MAX_SIZE / 2;

    private final ArrayList<ElementChunk> chunks = new ArrayList<>();
    private final ChunkSizes sizes = new ChunkSizes();
    private int size;
    private long bytes;
    private long goneBytes;

    /** How many copies were made. */
    private long copies;

    /** The last copy, if nothing was changed since. */
    private @Nullable ElementCopy copy;

    @Override
    public int size() {
        return size;
    }

    /** What the elements take of the heap. */
    long bytes() {
        return bytes;
    }

    /**
     * How many bytes were removed or replaced since the beginning, of elements and of arrays that
     * copies may have too.
     */
    long goneBytes() {
        return goneBytes;
    }

    /** Returns the elements as they are now; later changes do not show, and any thread may read. */
    List<ByteString> copy() {
        ElementCopy now = copy;
        if (now == null) {
            now = new ElementCopy(chunks, size);
            copy = now;
            copies++;
        }
        return now;
    }

    @Override
    public ByteString get(int index) {
        int chunk = sizes.find(index);
        return chunks.get(chunk).get(index - sizes.before(chunk));
    }

    @Override
    public ByteString set(int index, ByteString element) {
        copy = null;
        int place = sizes.find(index);
        ElementChunk chunk = changeable(place);
        int within = index - sizes.before(place);
        ByteString old = chunk.get(within);
        chunk.set(within, element);
        bytes += HeapBytes.of(element) - HeapBytes.of(old);
        goneBytes += HeapBytes.of(old) + ServerStats.ELEMENT_BYTES;
        return old;
    }

    private ElementChunk changeable(int place) {
        ElementChunk chunk = chunks.get(place);
        if (chunk.isShared(copies)) {
            goneBytes += REFERENCE_BYTES * (long) chunk.size();
            chunk = chunk.copy(copies);
            chunks.set(place, chunk);
        }
        return chunk;
    }

    @Override
    public boolean addAll(int index, Collection<? extends ByteString> more) {
        List<ByteString> elements = List.copyOf(more);
        if (elements.isEmpty()) {
            return false;
        }
        copy = null;
        if (size == 0) {
            chunks.addAll(split(elements, ElementChunk.MAX_SIZE));
            sizes.reset(chunks);
        } else {
            int place = index == size ? chunks.size() - 1 : sizes.find(index);
            insert(place, index - sizes.before(place), elements);
        }
        size += elements.size();
        for (ByteString element : elements) {
            bytes += HeapBytes.of(element);
        }
        return true;
    }

    private void insert(int place, int within, List<ByteString> elements) {
        ElementChunk chunk = chunks.get(place);
        int count = elements.size();
        if (chunk.size() + count <= ElementChunk.MAX_SIZE) {
            changeable(place).insert(within, elements);
            sizes.change(place, count);
            return;
        }
        boolean atEnd = within == chunk.size();
        List<ByteString> all = new ArrayList<>(chunk.size() + count);
        all.addAll(chunk.range(0, within));
        all.addAll(elements);
        all.addAll(chunk.range(within, chunk.size()));
        // What is added at the end fills its chunks; elsewhere there is room for more.
        int pieces = (all.size() - 1) / ElementChunk.MAX_SIZE + 1;
        int pieceSize = atEnd ? ElementChunk.MAX_SIZE : (all.size() - 1) / pieces + 1;
        replace(place, place + 1, split(all, pieceSize));
    }

    private List<ElementChunk> split(List<ByteString> elements, int pieceSize) {
        List<ElementChunk> pieces = new ArrayList<>();
        for (int i = 0; i < elements.size(); i += pieceSize) {
            int end = Math.min(elements.size(), i + pieceSize);
            pieces.add(ElementChunk.of(copies, elements.subList(i, end)));
        }
        return pieces;
    }

    private void replace(int from, int to, List<ElementChunk> by) {
        for (ElementChunk gone : chunks.subList(from, to)) {
            goneBytes += REFERENCE_BYTES * (long) gone.size();
        }
        chunks.subList(from, to).clear();
        chunks.addAll(from, by);
        sizes.reset(chunks);
    }

    @Override
    public void removeRange(int from, int to) {
        if (from == to) {
            return;
        }
        copy = null;
        int first = sizes.find(from);
        int last = sizes.find(to - 1);
        int start = from - sizes.before(first);
        int end = to - sizes.before(last);
        long bytesBefore = bytes;
        size -= to - from;
        if (first == last && end - start < chunks.get(first).size()) {
            ElementChunk chunk = changeable(first);
            bytes -= chunk.bytes();
            chunk.remove(start, end);
            bytes += chunk.bytes();
            sizes.change(first, start - end);
        } else {
            List<ByteString> rest = new ArrayList<>(chunks.get(first).range(0, start));
            ElementChunk lastChunk = chunks.get(last);
            rest.addAll(lastChunk.range(end, lastChunk.size()));
            List<ElementChunk> pieces = split(rest, ElementChunk.MAX_SIZE);
            for (ElementChunk gone : chunks.subList(first, last + 1)) {
                bytes -= gone.bytes();
            }
            for (ElementChunk piece : pieces) {
                bytes += piece.bytes();
            }
            replace(first, last + 1, pieces);
        }
        goneBytes += bytesBefore - bytes + ServerStats.ELEMENT_BYTES * (to - from);
        joinWithNext(first);
        joinWithNext(first - 1);
    }

    private void joinWithNext(int place) {
        if (place < 0 || place + 1 >= chunks.size()) {
            return;
        }
        ElementChunk left = chunks.get(place);
        ElementChunk right = chunks.get(place + 1);
        if (left.size() + right.size() <= JOINED_SIZE) {
            List<ByteString> both = new ArrayList<>(left.range(0, left.size()));
            both.addAll(right.range(0, right.size()));
            replace(place, place + 2, split(both, ElementChunk.MAX_SIZE));
        }
    }

    @Override
    public void clear() {
        copy = null;
        goneBytes += bytes + ServerStats.ELEMENT_BYTES * size;
        chunks.clear();
        sizes.reset(chunks);
        size = 0;
        bytes = 0;
    }
}
