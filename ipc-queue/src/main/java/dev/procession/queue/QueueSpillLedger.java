package dev.procession.queue;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.queue.ring.QueueSpillName;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongPredicate;

/**
 * The spill files of the elements that this process has put, oldest first. Deletes the files of
 * those that were taken: their consumers do so too, but may die before. Thread-safe.
 */
final class QueueSpillLedger {

    private record Entry(long offset, QueueSpillName name) {}

    private final QueueSpillFiles files;
    private final LongPredicate isThere;

    @GuardedBy("this")
    private final Deque<Entry> put = new ArrayDeque<>();

    /**
     * Makes an empty ledger.
     *
     * @param isThere whether the record at an offset is still in the queue
     */
    QueueSpillLedger(QueueSpillFiles files, LongPredicate isThere) {
        this.files = files;
        this.isThere = isThere;
    }

    /** Adds an element, and deletes the files of the oldest ones that were taken. */
    synchronized void put(long offset, QueueSpillName name) throws IOException {
        put.addLast(new Entry(offset, name));
        for (Entry oldest = put.getFirst();
                !isThere.test(oldest.offset());
                oldest = put.getFirst()) {
            files.delete(oldest.name());
            put.removeFirst();
            if (put.isEmpty()) {
                return;
            }
        }
    }
}
