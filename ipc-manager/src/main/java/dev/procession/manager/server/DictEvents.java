package dev.procession.manager.server;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Change;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Sends the changes of one dict to those who watch it, in their order. Most are sent at once. The
 * removals of a cleared dict, which may have millions of entries, are sent in slices, with other
 * requests between them; later events wait until then.
 */
final class DictEvents {

    /** How many events one slice sends. */
    private static final int SLICE_EVENTS = 2000;

    /** How many entries one slice looks at, although nobody may watch them. */
    private static final int SLICE_ENTRIES = 20_000;

    /** So that fewer wait than the cleared dict had entries, however fast changes come. */
    private static final int SENT_FOR_EACH_CHANGE = 2;

    private final LoopTasks tasks;
    private final Watchers watchers;
    private final Deque<Waiting> waiting = new ArrayDeque<>();

    /** Counts the changes; a watch is for those from its beginning on. */
    private long moment;

    /** Whether the next slice is planned. */
    private boolean planned;

    /** A change that is to be sent, or the removal of an entry and all that were made after it. */
    private record Waiting(
            @Nullable Entry cleared,
            Change change,
            ByteString key,
            @Nullable ByteString value,
            long moment) {}

    DictEvents(LoopTasks tasks, ServerStats stats) {
        this.tasks = tasks;
        this.watchers = new Watchers(stats);
    }

    /** Adds a watch of the changes from now on; returns false if there are too many. */
    boolean watch(RequestStream stream, long number, @Nullable ByteString key) {
        return watchers.add(stream, number, key, moment + 1);
    }

    void endWatch(RequestStream stream, long number) {
        watchers.remove(stream, number);
    }

    void clientEnded(Client client) {
        watchers.clientEnded(client);
    }

    /** An entry was changed or removed. */
    void changed(Change change, ByteString key, @Nullable ByteString value) {
        moment++;
        if (watchers.isEmpty()) {
            return;
        }
        if (waiting.isEmpty()) {
            int unused = watchers.tell(change, key, value, moment);
        } else {
            waiting.add(new Waiting(null, change, key, value, moment));
            send(SENT_FOR_EACH_CHANGE, SLICE_EVENTS);
        }
    }

    /** All entries from this one on were removed at once; they do not change any more. */
    void cleared(@Nullable Entry first) {
        moment++;
        if (first != null && !watchers.isEmpty()) {
            waiting.add(new Waiting(first, Change.REMOVED_ENTRY, ByteString.EMPTY, null, moment));
            if (!planned) {
                sendSlice();
            }
        }
    }

    private void sendSlice() {
        send(SLICE_ENTRIES, SLICE_EVENTS);
        planned = !waiting.isEmpty();
        if (planned) {
            tasks.executeNextTurn(this::sendSlice);
        }
    }

    private void send(int maxEntries, int maxEvents) {
        int events = 0;
        for (int i = 0; i < maxEntries && events < maxEvents && !waiting.isEmpty(); i++) {
            if (watchers.isEmpty()) {
                waiting.clear();
                return;
            }
            Waiting next = waiting.removeFirst();
            Entry entry = next.cleared;
            ByteString key = entry == null ? next.key : entry.key();
            events += watchers.tell(next.change, key, next.value, next.moment);
            if (entry != null && entry.after != null) {
                waiting.addFirst(new Waiting(entry.after, next.change, key, null, next.moment));
            }
        }
    }
}
