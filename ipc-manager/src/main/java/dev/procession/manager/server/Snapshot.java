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

    private final long lastMade;
    private final boolean keysOnly;
    private final long openedAt = System.currentTimeMillis();
    private final EntryTable old = new EntryTable();
    private final Deque<Map.Entry<ByteString, ByteString>> removed = new ArrayDeque<>();
    private @Nullable Entry next;
    private long walked = -1;

    Snapshot(long number, Client client, @Nullable Entry first, long lastMade, boolean keysOnly) {
        super(number, client);
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
            Entry unused = old.add(key, entry.value, old.size());
        }
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
        old.remove(kept);
        return kept.value;
    }

    /** Must be called before an entry is removed and its links change. */
    void beforeRemoval(Entry entry) {
        if (isToCome(entry)) {
            removed.add(Map.entry(entry.key(), keysOnly ? ByteString.EMPTY : takeValue(entry)));
        }
        if (entry == next) {
            next = entry.after;
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
            old.remove(kept);
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
