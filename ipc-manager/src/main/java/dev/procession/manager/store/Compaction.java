package dev.procession.manager.store;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.StoredListChange;
import dev.procession.manager.proto.StoredListChange.Action;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the next generation of a store's file: its content at some position, then a copy of all
 * batches behind that. The server goes on with the present file meanwhile, so a death at any moment
 * leaves one whole file: the new one counts from the moment at which it gets the store's name, and
 * has all batches then.
 *
 * <p>The entries of dicts are found in the file itself: one reading finds the latest record of each
 * key, another one copies those. The table of keys has a fixed size; if there are more keys, each
 * pass treats a range of their hashes. So a server needs no memory for its entries' positions, and
 * at most a sixteenth of its heap while it compacts. Lists are written from their elements.
 *
 * <p>Used by one thread after the other.
 */
final class Compaction {

    private static final long HASHES = 1L << 32;
    private static final int MIN_SLOTS = 1 << 10;
    private static final int MAX_SLOTS = 1 << 22;
    private static final int SLOT_BYTES = Long.BYTES + Integer.BYTES;
    private static final int HEAP_SHARE = 16;
    private static final int BATCH_BYTES = 1 << 20;

    private final FileChannel source;
    private final long salt;
    private final StoreContent content;
    private final StoreThread thread;
    private final DiskRoom room;
    private final FileChannel target;
    private final RecordWriter draft;

    /** The position of the last CLEAR of a dict, by its number. */
    private final Map<Integer, Long> cleared = new HashMap<>();

    /** The draft has the batches of the source before this position. */
    private long copied;

    private long end;
    private boolean installed;

    /**
     * Prepares a compaction.
     *
     * @param thread says whether the server ends, and needs no compaction any more
     */
    Compaction(
            FileChannel source,
            long salt,
            StoreContent content,
            FileChannel target,
            StoreThread thread,
            DiskRoom room) {
        this.source = source;
        this.salt = salt;
        this.content = content;
        this.target = target;
        this.thread = thread;
        this.room = room;
        this.draft = new RecordWriter(target, salt, StoreFormat.HEADER_BYTES);
    }

    /** Writes the content, and has the disk take it. */
    void write() throws IOException {
        write(slots(content.end(), Runtime.getRuntime().maxMemory()));
    }

    /** Writes the content by passes with a table of a given size. */
    void write(int slots) throws IOException {
        StoreFiles.writeAt(target, StoreFormat.header(salt), 0);
        content.objects().forEach((number, name) -> draft.object(number, name.kind(), name.name()));
        for (Map.Entry<Integer, List<ByteString>> list : content.lists().entrySet()) {
            writeList(list.getKey(), list.getValue());
        }
        writeDicts(slots);
        draft.commit(false);
        // Last, as the disk has what is before it when the file gets the store's name.
        draft.session(content.epoch(), StoreRecovery.bootId(), content.sync());
        draft.commit(false);
        copied = content.end();
        end = draft.committed();
        target.force(true);
    }

    /** About two slots for each record of ordinary size, if there is room in the heap. */
    private static int slots(long fileBytes, long heapBytes) {
        long most = Math.min(MAX_SLOTS, heapBytes / HEAP_SHARE / SLOT_BYTES);
        long wanted = Math.max(MIN_SLOTS, fileBytes / (1 << 5));
        return (int) Long.highestOneBit(Math.max(MIN_SLOTS, Math.min(most, wanted)));
    }

    private void writeList(int number, List<ByteString> elements) throws IOException {
        StoredListChange.Builder part = add();
        long bytes = 0;
        for (ByteString element : elements) {
            if (bytes > 0 && bytes + element.size() > BATCH_BYTES) {
                draft.list(number, part.build().toByteString());
                endBatch();
                part = add();
                bytes = 0;
            }
            part.addValues(element);
            bytes += element.size() + StoreFormat.ELEMENT_BYTES;
        }
        draft.list(number, part.build().toByteString());
    }

    private static StoredListChange.Builder add() {
        return StoredListChange.newBuilder().setAction(Action.ADD).setIndex(-1);
    }

    private void writeDicts(int slots) throws IOException {
        LatestRecords latest = new LatestRecords(source, salt, slots);
        long from = 0;
        long width = HASHES;
        while (from < HASHES) {
            if (find(latest, from, from + width)) {
                copy(latest, from, from + width);
                from += width;
            } else if (width > 1) {
                width /= 2;
            } else {
                throw new IOException("too many keys with the same hash");
            }
            latest.clear();
        }
    }

    /** Finds the latest records of the keys in a range; false if there are too many. */
    private boolean find(LatestRecords latest, long from, long to) throws IOException {
        RecordReader reader = reader();
        while (next(reader)) {
            if (reader.type() == StoreFormat.CLEAR) {
                cleared.put(reader.body().getInt(), reader.position());
            } else if (isEntry(reader.type())) {
                ByteBuffer body = reader.body();
                int number = body.getInt();
                ByteBuffer key = key(body);
                long hash = latest.hash(number, key);
                if (isWithin(hash, from, to)
                        && content.objects().containsKey(number)
                        && !latest.put(hash, reader.position(), number, key)) {
                    return false;
                }
            }
        }
        return true;
    }

    private void copy(LatestRecords latest, long from, long to) throws IOException {
        RecordReader reader = reader();
        while (next(reader)) {
            if (reader.type() == StoreFormat.PUT) {
                ByteBuffer body = reader.body();
                int number = body.getInt();
                boolean over = isOver(reader.position(), body.getLong(body.position() + 4));
                long hash = latest.hash(number, key(body));
                if (isWithin(hash, from, to)
                        && latest.isLatest(hash, reader.position())
                        && reader.position() > cleared.getOrDefault(number, 0L)
                        && !over) {
                    draft.copy(reader.record());
                    endBatch();
                }
            }
        }
    }

    /** Ends a batch that is large enough. */
    private void endBatch() throws IOException {
        if (draft.batchBytes() > BATCH_BYTES) {
            draft.commit(false);
            room.require(0);
        }
    }

    private RecordReader reader() {
        return new RecordReader(source, StoreFormat.HEADER_BYTES, content.end());
    }

    private boolean next(RecordReader reader) throws IOException {
        thread.requireOpen();
        return reader.next();
    }

    private static boolean isEntry(byte type) {
        return type == StoreFormat.PUT || type == StoreFormat.REMOVE;
    }

    private static boolean isWithin(long hash, long from, long to) {
        long range = hash >>> Integer.SIZE;
        return range >= from && range < to;
    }

    /** Returns the key of an entry, whose number has been read. */
    private static ByteBuffer key(ByteBuffer body) {
        int keyBytes = body.getInt();
        body.getLong();
        return body.slice(body.position(), keyBytes);
    }

    private boolean isOver(long position, long endsAt) {
        return position < content.loadedEnd() && endsAt != 0 && endsAt <= content.loadedAt();
    }

    /** How many bytes of the source the draft lacks before a position. */
    long lacks(long position) {
        return position - copied;
    }

    /** Copies the batches before a position. */
    void copyUpTo(long position) throws IOException {
        StoreFiles.copy(
                source,
                copied,
                position,
                target,
                end,
                () -> {
                    thread.requireOpen();
                    room.require(0);
                });
        end += position - copied;
        copied = position;
    }

    /** Copies the last batches, and gives the draft the store's name. */
    void finish(long position, StoreFiles files) throws IOException {
        copyUpTo(position);
        if (content.sync()) {
            target.force(true);
        }
        files.install();
        installed = true;
        if (content.sync()) {
            files.syncDirectory();
        }
    }

    /** Whether the draft has the store's name. */
    boolean isInstalled() {
        return installed;
    }

    /** Where the draft's last batch ends. */
    long end() {
        return end;
    }

    FileChannel target() {
        return target;
    }
}
