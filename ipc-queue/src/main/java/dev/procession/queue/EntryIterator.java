package dev.procession.queue;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Goes over the elements that there were when it was made. An element is decoded when it is
 * reached, outside of all locks.
 */
final class EntryIterator<E> implements Iterator<E> {

    private final QueueCore core;
    private final ElementCodec<E> codec;
    private final Iterator<QueueEntry> entries;
    private @Nullable QueueEntry ahead;
    private byte @Nullable [] aheadBytes;
    private @Nullable QueueEntry last;

    EntryIterator(QueueCore core, ElementCodec<E> codec, List<QueueEntry> entries) {
        this.core = core;
        this.codec = codec;
        this.entries = entries.iterator();
    }

    @Override
    public boolean hasNext() {
        while (aheadBytes == null && entries.hasNext()) {
            ahead = entries.next();
            aheadBytes = core.content().element(ahead); // null: a large one that is taken by now
        }
        return aheadBytes != null;
    }

    @Override
    public E next() {
        if (!hasNext() || aheadBytes == null) {
            throw new NoSuchElementException();
        }
        byte[] bytes = aheadBytes;
        last = ahead;
        aheadBytes = null;
        return codec.decode(bytes);
    }

    @Override
    public void remove() {
        QueueEntry entry = last;
        if (entry == null) {
            throw new IllegalStateException("remove comes once after next");
        }
        last = null;
        core.content().remove(entry);
    }
}
