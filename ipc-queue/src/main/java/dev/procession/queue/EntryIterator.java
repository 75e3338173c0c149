package dev.procession.queue;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Iterates over the elements that were in the queue when it was made. Decodes an element when it is
 * reached, while no lock is held. Used by one thread.
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
            aheadBytes =
                    core.content().element(ahead); // null if its spill file is gone: it was taken
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
            throw new IllegalStateException("remove may be called once after each call of next");
        }
        last = null;
        core.content().remove(entry);
    }
}
