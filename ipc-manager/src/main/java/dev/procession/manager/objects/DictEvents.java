package dev.procession.manager.objects;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Change;
import dev.procession.manager.stream.Client;
import dev.procession.manager.stream.HeapBytes;
import dev.procession.manager.stream.LoopTasks;
import dev.procession.manager.stream.RequestStream;
import dev.procession.manager.stream.ServerStats;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Sends the changes of one dict to those who watch it, in their order. Most are sent at once. The
 * removals of a cleared dict, which may have millions of entries, are sent in slices, with other
 * requests between them; later events wait until then. What waits counts as stored.
 */
final class DictEvents {

    /** How many events one slice sends. */
    private static final int SLICE_EVENTS = 2000;

    /** How many entries one slice looks at, although nobody may watch them. */
    private static final int SLICE_ENTRIES = 20_000;

    /** So that fewer wait than the cleared dict had entries, however fast changes come. */
    private static final int SENT_FOR_EACH_CHANGE = 2;

    private final LoopTasks tasks;
    private final ServerStats stats;
    private final Watchers watchers;
    private final Deque<Waiting> waiting = new ArrayDeque<>();

    /** Counts the changes; a watch is for those from its beginning on. */
    private long moment;

    /** Whether the next slice is planned. */
    private boolean planned;

    /**
     * A change that is to be sent, or the removal of an entry and all that were made after it.
     *
     * @param content what it keeps
     */
    private record Waiting(
            OldContent content,
            @Nullable Entry cleared,
            Change change,
            ByteString key,
            @Nullable ByteString value,
            long moment) {}

    DictEvents(LoopTasks tasks, ServerStats stats) {
        this.tasks = tasks;
        this.stats = stats;
        this.watchers = new Watchers(stats);
    }

    /** Adds a watch of the changes from now on; returns false if there are too many. */
    boolean watch(RequestStream stream, long number, @Nullable ByteString key) {
        return watchers.add(stream, number, key, moment + 1);
    }

    /** Whether nobody is to get an event. */
    boolean areUnwatched() {
        return watchers.isEmpty() && waiting.isEmpty();
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
            long bytes = HeapBytes.of(key) + (value == null ? 0 : HeapBytes.of(value));
            OldContent content = new OldContent(stats, ServerStats.ENTRY_BYTES + bytes);
            content.keep();
            waiting.add(new Waiting(content, null, change, key, value, moment));
            send(SENT_FOR_EACH_CHANGE, SLICE_EVENTS);
        }
    }

    /**
     * All entries from this one on were removed at once; they do not change any more.
     *
     * @param content all of them
     */
    void cleared(@Nullable Entry first, OldContent content) {
        moment++;
        if (first != null && !watchers.isEmpty()) {
            content.keep();
            waiting.add(
                    new Waiting(
                            content, first, Change.REMOVED_ENTRY, ByteString.EMPTY, null, moment));
            if (!planned) {
                sendSlice();
            }
        }
    }

    private void sendSlice() {
        try {
            send(SLICE_ENTRIES, SLICE_EVENTS);
        } finally { // a failure does not end the slices
            planned = !waiting.isEmpty();
            if (planned) {
                tasks.executeNextTurn(this::sendSlice);
            }
        }
    }

    private void send(int maxEntries, int maxEvents) {
        int events = 0;
        for (int i = 0; i < maxEntries && events < maxEvents && !waiting.isEmpty(); i++) {
            if (watchers.isEmpty()) {
                waiting.forEach(each -> each.content.release());
                waiting.clear();
                return;
            }
            Waiting next = takeNext();
            ByteString key = next.cleared == null ? next.key : next.cleared.key();
            events += watchers.tell(next.change, key, next.value, next.moment);
        }
    }

    /** Returns the next event; if it is one of a cleared dict's, those after it go on waiting. */
    private Waiting takeNext() {
        Waiting next = waiting.removeFirst();
        Entry after = next.cleared == null ? null : next.cleared.after;
        if (after == null) {
            next.content.release();
        } else {
            waiting.addFirst(
                    new Waiting(next.content, after, next.change, next.key, null, next.moment));
        }
        return next;
    }
}
