package dev.procession.pool.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * Messages that were read and not handled yet, in their order; for the dispatcher's thread. Nothing
 * here allocates: a collection of the JDK that fails to grow may lose its content.
 */
final class ReceiveQueue {

    private @Nullable ReceivedMessage first;
    private @Nullable ReceivedMessage last;
    private int size;

    int size() {
        return size;
    }

    @Nullable ReceivedMessage first() {
        return first;
    }

    /** Adds a message after it was read. */
    void add(ReceivedMessage message) {
        if (last == null) {
            first = message;
        } else {
            last.next = message;
        }
        last = message;
        size++;
    }

    void removeFirst() {
        ReceivedMessage gone = first;
        if (gone != null) {
            first = gone.next;
            last = first == null ? null : last;
            size--;
        }
    }

    /** Removes all messages of a worker, and frees what they hold. */
    void discardAllOf(WorkerRun run) {
        ReceivedMessage before = null;
        for (ReceivedMessage each = first; each != null; each = each.next) {
            if (each.run() != run) {
                before = each;
                continue;
            }
            each.payload().discard();
            size--;
            if (before == null) {
                first = each.next;
            } else {
                before.next = each.next;
            }
            if (each == last) {
                last = before;
            }
        }
    }
}
