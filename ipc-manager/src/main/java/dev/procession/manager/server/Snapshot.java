package dev.procession.manager.server;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Response;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A dict as it was at one moment, read page by page while the dict changes. It copies nothing at
 * first: it walks the entries in the order in which they were made, and keeps the old values of
 * entries that change or go before it has reached them.
 */
final class Snapshot extends OpenSnapshot {

    private final ServerStats stats;
    private final long lastMade;
    private final boolean keysOnly;
    private final long openedAt = System.currentTimeMillis();
    private final EntryTable old = new EntryTable();
    private final Deque<Map.Entry<ByteString, ByteString>> removed = new ArrayDeque<>();
    private @Nullable Entry next;
    private long walked = -1;

    /** How many bytes it keeps of entries that have changed or gone. */
    private long keptBytes;

    private @Nullable ClearedEntries cleared;

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

    /** Must be called before an entry gets another value. */
    void beforeChange(Entry entry) {
        if (!keysOnly && isToCome(entry)) {
            keep(entry);
        }
    }

    private void keep(Entry entry) {
        ByteString key = entry.key();
        if (!old.has(key)) {
            count(old.add(key, entry.value, old.size()), 1);
        }
    }

    private void forget(Entry kept) {
        old.remove(kept);
        count(kept, -1);
    }

    private void count(Entry kept, int sign) {
        count(sign * (kept.bytes() + ServerStats.ENTRY_BYTES));
    }

    private void count(long bytes) {
        keptBytes += bytes;
        stats.snapshotBytes(bytes);
    }

    /** Returns the entry that keeps an old value of an entry; null if it has no other value now. */
    private @Nullable Entry kept(Entry entry) {
        return old.size() == 0 ? null : old.get(entry.key());
    }

    private ByteString takeValue(Entry entry) {
        Entry kept = kept(entry);
        if (kept == null) {
            return entry.value;
        }
        forget(kept);
        return kept.value;
    }

    /** Must be called before an entry is removed and its links change. */
    void beforeRemoval(Entry entry) {
        if (isToCome(entry)) {
            ByteString value = keysOnly ? ByteString.EMPTY : takeValue(entry);
            removed.add(Map.entry(entry.key(), value));
            count(bytes(entry.key(), value));
        }
        if (entry == next) {
            next = entry.after;
        }
    }

    private static long bytes(ByteString key, ByteString value) {
        return (long) key.size() + value.size() + ServerStats.ENTRY_BYTES;
    }

    /**
     * The dict was cleared; the snapshot goes on along its old entries if there are any to come.
     */
    void dictCleared(ClearedEntries entries) {
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
    void ended() {
        count(-keptBytes);
        if (cleared != null) {
            cleared.release();
            cleared = null;
        }
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
                Map.Entry<ByteString, ByteString> gone = removed.element();
                room = add(response, page, gone.getKey(), gone.getValue());
                if (room) {
                    Map.Entry<ByteString, ByteString> unused = removed.remove();
                    count(-bytes(gone.getKey(), gone.getValue()));
                }
            }
        }
        response.setMore(hasMore());
    }

    private boolean hasMore() {
        return (next != null && next.made <= lastMade) || !removed.isEmpty();
    }

    private boolean add(Response.Builder response, Page page, Entry entry) {
        Entry kept = kept(entry);
        boolean room = add(response, page, entry.key(), kept == null ? entry.value : kept.value);
        if (room && kept != null) {
            forget(kept);
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
