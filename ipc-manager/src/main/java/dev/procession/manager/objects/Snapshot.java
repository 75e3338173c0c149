package dev.procession.manager.objects;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Response;
import dev.procession.manager.stream.Client;
import dev.procession.manager.stream.ServerStats;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A dict as it was at one moment, read page by page while the dict changes. It copies nothing at
 * first: it walks the entries in the order in which they were made, and keeps the old values of
 * entries that change or go before it has reached them. Snapshots share what they keep.
 */
final class Snapshot extends OpenSnapshot {

    /** What it takes to find one old value or removed entry. */
    private static final long LINK_BYTES = 72;

    private final ServerStats stats;
    private final long lastMade;
    private final boolean keysOnly;
    private final long openedAt = System.currentTimeMillis();

    /** Old values of entries that it has not reached, by {@link Entry#made}. */
    private final TreeMap<Long, OldBytes> old = new TreeMap<>();

    private final Deque<Removed> removed = new ArrayDeque<>();
    private @Nullable Entry next;
    private long walked = -1;
    private @Nullable OldContent cleared;

    /**
     * An entry that was removed before this has reached it.
     *
     * @param value none if there are only keys
     */
    private record Removed(OldBytes key, @Nullable OldBytes value) {}

    Snapshot(
            ServerStats stats,
            long number,
            Client client,
            @Nullable Entry first,
            long lastMade,
            boolean keysOnly) {
        super(number, client);
        this.stats = stats;
        this.next = first;
        this.lastMade = lastMade;
        this.keysOnly = keysOnly;
    }

    private boolean isToCome(Entry entry) {
        return entry.made <= lastMade && entry.made > walked && !entry.hasEnded(openedAt);
    }

    /**
     * Must be called before an entry gets another value.
     *
     * @param value what it has
     */
    void beforeChange(Entry entry, OldBytes value) {
        if (!keysOnly && isToCome(entry) && old.putIfAbsent(entry.made, value) == null) {
            value.keep();
            stats.oldContent(LINK_BYTES);
        }
    }

    /**
     * Must be called before an entry is removed and its links change.
     *
     * @param key its key
     * @param value its value
     */
    void beforeRemoval(Entry entry, OldBytes key, OldBytes value) {
        if (isToCome(entry)) {
            removed.add(new Removed(key, keysOnly ? null : kept(entry, value)));
            key.keep();
            stats.oldContent(LINK_BYTES);
        }
        if (entry == next) {
            next = entry.after;
        }
    }

    /** Returns the value that an entry had here, which stays kept. */
    private OldBytes kept(Entry entry, OldBytes value) {
        OldBytes older = old.remove(entry.made);
        if (older != null) {
            stats.oldContent(-LINK_BYTES);
            return older;
        }
        value.keep();
        return value;
    }

    /**
     * The dict was cleared; the snapshot goes on along its old entries if there are any to come.
     */
    void dictCleared(OldContent entries) {
        if (cleared != null) {
            return; // its entries were cleared before these were made
        }
        if (next != null && next.made <= lastMade) {
            cleared = entries;
            entries.keep();
        } else {
            next = null; // or it would keep all that are linked to it
        }
    }

    @Override
    boolean keepsContent() {
        return cleared != null || !old.isEmpty() || !removed.isEmpty();
    }

    @Override
    int release(int most) {
        if (cleared != null) {
            cleared.release();
            cleared = null;
        }
        next = null;
        int count = 0;
        while (count < most && !old.isEmpty()) {
            release(old.pollFirstEntry().getValue());
            count++;
        }
        while (count < most && !removed.isEmpty()) {
            release(removed.remove());
            count++;
        }
        return count;
    }

    private void release(OldBytes value) {
        value.release();
        stats.oldContent(-LINK_BYTES);
    }

    private void release(Removed entry) {
        entry.key.release();
        if (entry.value != null) {
            entry.value.release();
        }
        stats.oldContent(-LINK_BYTES);
    }

    /** Adds the next page to an answer, which tells whether there is another one. */
    void page(Response.Builder response, long entries, Page page) {
        boolean room = true;
        for (long count = 0; count < entries && room && hasMore(); count++) {
            Entry entry = next;
            if (entry != null && entry.made <= lastMade) {
                room = entry.hasEnded(openedAt) || add(response, page, entry);
                if (room) {
                    walked = entry.made;
                    next = entry.after;
                }
            } else {
                Removed gone = removed.element();
                room = add(response, page, gone.key.bytes(), value(gone));
                if (room) {
                    release(removed.remove());
                }
            }
        }
        response.setMore(hasMore());
    }

    private static ByteString value(Removed entry) {
        return entry.value == null ? ByteString.EMPTY : entry.value.bytes();
    }

    private boolean hasMore() {
        return (next != null && next.made <= lastMade) || !removed.isEmpty();
    }

    private boolean add(Response.Builder response, Page page, Entry entry) {
        OldBytes kept = old.get(entry.made);
        boolean room = add(response, page, entry.key(), kept == null ? entry.value : kept.bytes());
        if (room && kept != null) {
            old.remove(entry.made);
            release(kept);
        }
        return room;
    }

    private boolean add(Response.Builder response, Page page, ByteString key, ByteString value) {
        if (!page.add(keysOnly ? key.size() : (long) key.size() + value.size())) {
            return false;
        }
        response.addKeys(key);
        if (!keysOnly) {
            response.addValues(value);
        }
        return true;
    }
}
