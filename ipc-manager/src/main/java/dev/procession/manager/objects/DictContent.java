package dev.procession.manager.objects;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Change;
import dev.procession.manager.store.EntryLog;
import dev.procession.manager.stream.Client;
import dev.procession.manager.stream.HeapBytes;
import dev.procession.manager.stream.LoopTasks;
import dev.procession.manager.stream.ServerNumbers;
import dev.procession.manager.stream.ServerStats;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a dict. Each change of them goes to all that must know of it: snapshots, watchers,
 * the log and the statistics.
 */
final class DictContent {

    private final ServerStats stats;
    private final EntryLog log;
    private final ServerNumbers numbers;
    private final DictEvents events;
    private final Snapshots<Snapshot> snapshots;
    private final IterationRoom room;
    private final Expiries expiries;
    private EntryTable entries = new EntryTable();

    /** The number of the last change; the first one is greater than this at first. */
    private long changes;

    /**
     * Begins without entries.
     *
     * @param numbers of which versions are
     * @param events learn of changes
     * @param room of iterations
     * @param snapshots those that are open at any time
     */
    /** The most bytes that an entry has had of key and value, since all were removed. */
    private long largest;

    DictContent(
            LoopTasks tasks,
            ServerStats stats,
            EntryLog log,
            ServerNumbers numbers,
            DictEvents events,
            IterationRoom room,
            Snapshots<Snapshot> snapshots) {
        this.stats = stats;
        this.log = log;
        this.numbers = numbers;
        this.changes = numbers.firstVersion();
        this.events = events;
        this.room = room;
        this.snapshots = snapshots;
        this.expiries = new Expiries(tasks, stats, entry -> remove(entry, Change.EXPIRED_ENTRY));
    }

    /** The entries, among which may be some that have ended. */
    EntryTable entries() {
        return entries;
    }

    /** How many entries there are. */
    int size() {
        expiries.expireSome();
        return entries.size();
    }

    /** There are no entries, and the server forgets the dict: its versions do not come again. */
    void forgotten() {
        numbers.usedVersion(changes);
        log.forgotten();
    }

    /** Opens a snapshot of the entries as they are now. */
    Snapshot snapshot(Client client, boolean keysOnly) {
        expiries.expireSome();
        long number = snapshots.nextNumber();
        Snapshot opened = new Snapshot(stats, number, client, entries.first(), changes, keysOnly);
        snapshots.add(opened);
        return opened;
    }

    /** Returns the entry with a key, unless it has expired. */
    @Nullable Entry live(ByteString key) {
        Entry entry = entries.get(key);
        if (entry != null && entry.expiry != null && entry.hasEnded(System.currentTimeMillis())) {
            remove(entry, Change.EXPIRED_ENTRY);
            return null;
        }
        return entry;
    }

    /**
     * Returns how many bytes of keys and values a page has at most: only an entry that is larger
     * than a page makes a larger one.
     */
    long pageBytes(long page) {
        return Math.min(entries.bytes() + stats.oldContent(), Math.max(page, largest));
    }

    /** Puts an entry; returns the value before, or null. */
    @Nullable ByteString put(ByteString key, ByteString value, long endsAt) {
        Entry entry = live(key);
        ByteString old = null;
        largest = Math.max(largest, (long) key.size() + value.size());
        if (entry == null) {
            insert(key, value, endsAt);
        } else {
            old = entry.value;
            beforeChange(entry);
            stats.bytes(HeapBytes.of(value) - HeapBytes.of(old));
            entries.change(entry, value, ++changes);
            setEnd(entry, endsAt);
            room.makeRoom();
        }
        log.put(key, value, endsAt, old);
        events.changed(Change.PUT_ENTRY, key, value);
        return old;
    }

    private void beforeChange(Entry entry) {
        if (!snapshots.all().isEmpty()) {
            OldBytes value = new OldBytes(stats, entry.value);
            for (Snapshot snapshot : snapshots.all()) {
                snapshot.beforeChange(entry, value);
            }
        }
    }

    private void beforeRemoval(Entry entry) {
        if (!snapshots.all().isEmpty()) {
            OldBytes key = new OldBytes(stats, entry.key());
            OldBytes value = new OldBytes(stats, entry.value);
            for (Snapshot snapshot : snapshots.all()) {
                snapshot.beforeRemoval(entry, key, value);
            }
        }
    }

    private void insert(ByteString key, ByteString value, long endsAt) {
        Entry entry = entries.add(key, value, ++changes);
        stats.entries(1, entry.bytes());
        setEnd(entry, endsAt);
    }

    private void setEnd(Entry entry, long endsAt) {
        if (endsAt != entry.endsAt()) {
            expiries.set(entry, endsAt);
        }
    }

    /** Gives an entry another end. Watchers need not know. */
    void touch(Entry entry, long endsAt) {
        setEnd(entry, endsAt);
        log.put(entry.key(), entry.value, endsAt, entry.value);
    }

    /** Removes an entry; returns its value, or null if there is none with this key. */
    @Nullable ByteString remove(ByteString key) {
        Entry entry = live(key);
        if (entry == null) {
            return null;
        }
        remove(entry, Change.REMOVED_ENTRY);
        return entry.value;
    }

    private void remove(Entry entry, Change why) {
        beforeRemoval(entry);
        entries.remove(entry);
        expiries.remove(entry);
        stats.entries(-1, -entry.bytes());
        room.makeRoom();
        ByteString key = entry.key();
        log.remove(key, entry.value);
        events.changed(why, key, null);
    }

    /**
     * Removes all entries at once. Snapshots go on along the links of the old entries, which
     * nothing changes any more.
     */
    void clear() {
        EntryTable old = entries;
        entries = new EntryTable();
        expiries.clear();
        stats.entries(-old.size(), -old.bytes());
        OldContent cleared =
                new OldContent(stats, old.bytes() + ServerStats.ENTRY_BYTES * old.size());
        for (Snapshot snapshot : snapshots.all()) {
            snapshot.dictCleared(cleared);
        }
        if (snapshots.all().isEmpty()) {
            largest = 0;
        }
        log.clear();
        events.cleared(old.first(), cleared);
        room.makeRoom();
    }
}
