package dev.procession.queue.ring;

import dev.procession.core.memory.Words;
import java.nio.ByteBuffer;

/**
 * The figures of a queue, read from its words without a lock. They are of one moment, unless other
 * processes change the queue at each of many attempts: then they are a few elements apart.
 *
 * @param put elements ever put, modulo 2^32
 * @param gone elements ever taken, leased or removed, modulo 2^32
 * @param size elements that can be taken now
 * @param bytes bytes of the elements in the ring and its spill files
 * @param users processes that have the queue open; a dead one counts until its slot is freed
 * @param leased elements that are leased now
 */
public record QueueFigures(int put, int gone, int size, long bytes, int users, int leased) {

    private static final int TRIES = 64;

    static QueueFigures read(
            ByteBuffer memory, QueueShape shape, QueueSlots slots, QueueLeases leases) {
        int put = 0;
        int gone = 0;
        long bytes = 0;
        for (int attempt = 0; attempt < TRIES; attempt++) {
            // HEAD first: TAIL never falls behind it.
            long head = Words.getVolatile(memory, QueueLayout.HEAD);
            long removed = Words.getVolatile(memory, QueueLayout.REMOVED);
            long taken = bytes(memory, QueueLayout.TAKEN_BYTES, head);
            long tail = Words.getVolatile(memory, QueueLayout.TAIL);
            put = QueueLayout.count(tail);
            gone = QueueLayout.count(head) + QueueLayout.count(removed);
            bytes = bytes(memory, QueueLayout.PUT_BYTES, tail) - taken;
            if (Words.getVolatile(memory, QueueLayout.TAIL) == tail
                    && Words.getVolatile(memory, QueueLayout.HEAD) == head
                    && Words.getVolatile(memory, QueueLayout.REMOVED) == removed) {
                break;
            }
        }
        int returned = leases.returned();
        int inRing = Math.max(0, Math.min(put - gone, shape.capacity()));
        return new QueueFigures(
                put,
                gone,
                inRing + returned,
                Math.max(0, Math.min(bytes, shape.byteBound())),
                slots.users(),
                leases.held());
    }

    private static long bytes(ByteBuffer memory, int words, long position) {
        return Words.getVolatile(memory, words + QueueLayout.flip(position) * Long.BYTES);
    }
}
