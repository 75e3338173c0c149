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
    private final ElementBytes bytes = new ElementBytes();
    private int size;
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
        return bytes.heap();
    }

    /** How many bytes the elements have. */
    long plainBytes() {
        return bytes.plain();
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
        bytes.subtract(old);
        bytes.add(element);
        goneBytes += HeapBytes.of(old) + ServerStats.ELEMENT_BYTES;
        return old;
    }

    private ElementChunk changeable(int place) {
        ElementChunk chunk = changeable(chunks.get(place));
        chunks.set(place, chunk);
        return chunk;
    }

    private ElementChunk changeable(ElementChunk chunk) {
        if (!chunk.isShared(copies)) {
            return chunk;
        }
        goneBytes += REFERENCE_BYTES * (long) chunk.size();
        return chunk.copy(copies);
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
        bytes.add(ElementBytes.of(elements));
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
        long bytesBefore = bytes.heap();
        size -= to - from;
        if (first == last && end - start < chunks.get(first).size()) {
            ElementChunk chunk = changeable(first);
            bytes.subtract(chunk.bytes());
            chunk.remove(start, end);
            bytes.add(chunk.bytes());
            sizes.change(first, start - end);
        } else {
            List<ByteString> rest = new ArrayList<>(chunks.get(first).range(0, start));
            ElementChunk lastChunk = chunks.get(last);
            rest.addAll(lastChunk.range(end, lastChunk.size()));
            List<ElementChunk> pieces = split(rest, ElementChunk.MAX_SIZE);
            for (ElementChunk gone : chunks.subList(first, last + 1)) {
                bytes.subtract(gone.bytes());
            }
            for (ElementChunk piece : pieces) {
                bytes.add(piece.bytes());
            }
            replace(first, last + 1, pieces);
        }
        goneBytes += bytesBefore - bytes.heap() + ServerStats.ELEMENT_BYTES * (to - from);
        joinWithNext(first);
        joinWithNext(first - 1);
    }

    /**
     * Removes the elements of several ranges, in one pass over the chunks.
     *
     * @param from the first index of each range; they rise, and the ranges do not overlap
     * @param to for each of them, the index behind it
     */
    void removeRanges(List<Long> from, List<Long> to) {
        copy = null;
        long bytesBefore = bytes.heap();
        int sizeBefore = size;
        List<ElementChunk> all = List.copyOf(chunks);
        chunks.clear();
        int range = 0;
        int before = 0;
        for (ElementChunk chunk : all) {
            int end = before + chunk.size();
            while (range < from.size() && to.get(range) <= before) {
                range++;
            }
            int behind = range;
            while (behind < from.size() && from.get(behind) < end) {
                behind++;
            }
            if (behind == range) {
                addLast(chunk);
            } else if (from.get(range) <= before && to.get(range) >= end) {
                gone(chunk);
            } else {
                ElementChunk rest = changeable(chunk);
                bytes.subtract(rest.bytes());
                for (int i = behind - 1; i >= range; i--) { // the indexes before it stay
                    int first = (int) Math.max(from.get(i), before) - before;
                    int last = (int) Math.min(to.get(i), end) - before;
                    rest.remove(first, last);
                    size -= last - first;
                }
                bytes.add(rest.bytes());
                if (rest.size() > 0) {
                    addLast(rest);
                }
            }
            before = end;
        }
        sizes.reset(chunks);
        goneBytes += bytesBefore - bytes.heap();
        goneBytes += ServerStats.ELEMENT_BYTES * (sizeBefore - size);
    }

    private void gone(ElementChunk chunk) {
        goneBytes += REFERENCE_BYTES * (long) chunk.size();
        bytes.subtract(chunk.bytes());
        size -= chunk.size();
    }

    /** Adds a chunk behind the others; a small one becomes one with the last. */
    private void addLast(ElementChunk chunk) {
        ElementChunk last = chunks.isEmpty() ? null : chunks.get(chunks.size() - 1);
        if (last == null || last.size() + chunk.size() > JOINED_SIZE) {
            chunks.add(chunk);
            return;
        }
        List<ByteString> both = new ArrayList<>(last.range(0, last.size()));
        both.addAll(chunk.range(0, chunk.size()));
        goneBytes += REFERENCE_BYTES * (long) both.size();
        chunks.set(chunks.size() - 1, ElementChunk.of(copies, both));
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
        goneBytes += bytes.heap() + ServerStats.ELEMENT_BYTES * size;
        chunks.clear();
        sizes.reset(chunks);
        size = 0;
        bytes.clear();
    }
}
