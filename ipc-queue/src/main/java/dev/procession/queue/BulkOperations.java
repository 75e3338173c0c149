package dev.procession.queue;

import dev.procession.core.UndecodableException;
import dev.procession.core.time.Timeout;
import dev.procession.queue.ring.QueueRun;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The operations on many elements of a queue: puts and takes of several under one lock, and
 * searches. Elements are encoded and decoded while no lock is held. Thread-safe.
 *
 * @param <E> the elements
 */
final class BulkOperations<E> {

    private final QueueCore core;
    private final ElementCodec<E> codec;

    BulkOperations(QueueCore core, ElementCodec<E> codec) {
        this.core = core;
        this.codec = codec;
    }

    /**
     * Puts elements while there is room.
     *
     * @param encoded the elements in their order
     * @return how many were put: the first ones
     */
    int offerAll(List<byte[]> encoded) {
        int put = 0;
        while (put < encoded.size()) {
            int more = core.producer().putAll(encoded, put);
            if (more == 0) {
                if (!core.producer().offer(encoded.get(put))) {
                    return put;
                }
                more = 1;
            }
            put += more;
        }
        return put;
    }

    /** Puts all elements in their order and waits for room where there is none. */
    void putAll(List<byte[]> encoded) throws InterruptedException {
        for (int put = 0; put < encoded.size(); ) {
            int more = core.producer().putAll(encoded, put);
            if (more == 0) {
                core.producer().put(encoded.get(put), Timeout.FOREVER);
                more = 1;
            }
            put += more;
        }
    }

    /**
     * Takes the elements that are in the queue now.
     *
     * @return how many
     * @throws UndecodableException if elements cannot be decoded; the others are in the target
     */
    int drainTo(Collection<? super E> target, int maxElements) {
        // Bounded by the current size: fast producers would otherwise keep this loop running.
        int most = Math.min(maxElements, core.ring().size());
        int taken = 0;
        QueueRun run = new QueueRun();
        while (taken < most) {
            core.consumer().takeAll(most - taken, run);
            if (run.count() == 0) {
                break;
            }
            taken += run.count();
            decodeRun(run, target);
        }
        if (taken == 0) {
            core.waits().endIfOver(); // as an attempt to take one element does
        }
        return taken;
    }

    private void decodeRun(QueueRun run, Collection<? super E> target) {
        UndecodableException failure = null;
        for (int i = 0; i < run.count(); i++) {
            try {
                target.add(codec.decode(run.element(i)));
            } catch (UndecodableException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Returns the oldest element that equals an object, or null. */
    @Nullable QueueEntry find(@Nullable Object object) {
        if (object == null) {
            return null;
        }
        for (QueueEntry entry : core.content().entries()) {
            byte[] bytes = core.content().element(entry);
            if (bytes != null && object.equals(codec.decode(bytes))) {
                return entry;
            }
        }
        return null;
    }

    /** Removes the oldest element that equals an object; false if there is none. */
    boolean remove(@Nullable Object object) {
        QueueEntry entry = find(object);
        while (entry != null) {
            if (core.content().remove(entry)) {
                return true;
            }
            entry = find(object); // another consumer took that one
        }
        return false;
    }

    /** Removes the elements that a filter accepts; false if none was removed. */
    boolean removeMatching(Predicate<? super E> filter) {
        boolean removed = false;
        for (QueueEntry entry : core.content().entries()) {
            byte[] bytes = core.content().element(entry);
            if (bytes != null && filter.test(codec.decode(bytes))) {
                removed |= core.content().remove(entry);
            }
        }
        return removed;
    }
}
