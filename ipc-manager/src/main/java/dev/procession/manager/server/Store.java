package dev.procession.manager.server;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.StoredListChange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.LongDataType;
import org.jspecify.annotations.Nullable;

/**
 * The file that survives the server: an MVStore with a map for each object. Answers are sent after
 * {@link #commit}, which covers all requests of one turn of the event loop.
 *
 * <p>A commit reaches the operating system and not the disk: it survives the server's death, even
 * by SIGKILL, and not the machine's.
 */
final class Store implements AutoCloseable {

    private static final int MIN_CHANGES = 1024;
    private static final String EPOCH = "epoch";

    private final MVStore store;
    private boolean dirty;

    /** What is put now is in the file already. */
    private boolean loading;

    private Store(MVStore store) {
        this.store = store;
    }

    /** Opens a file, or makes it. */
    static Store open(String file) {
        MVStore store =
                new MVStore.Builder()
                        .fileName(file)
                        .autoCommitDisabled()
                        .autoCommitBufferSize(0) // otherwise it commits half of a large turn
                        .open();
        store.setRetentionTime(0); // no reader needs the chunks of old versions
        store.setVersionsToKeep(0);
        return new Store(store);
    }

    /** The epoch of the last server that used this file; 0 if there was none. */
    long epoch() {
        return server().getOrDefault(EPOCH, 0L);
    }

    /** Stores the epoch of the server that uses it now. */
    void epoch(long epoch) {
        Long unused = server().put(EPOCH, epoch);
        store.commit();
    }

    private MVMap<String, Long> server() {
        return store.openMap("server");
    }

    /** Makes the changes so far survive. */
    void commit() {
        if (dirty) {
            store.commit();
            dirty = false;
        }
    }

    @Override
    public void close() {
        store.close();
    }

    /** Ends without the changes since the last commit. */
    void closeWithoutCommit() {
        store.closeImmediately();
    }

    /** Brings back what the file has; entries that have expired meanwhile go. */
    void load(StoredObjects objects) {
        loading = true;
        for (String name : store.getMapNames()) {
            int colon = name.indexOf(':');
            Kind kind = colon < 0 ? null : Kind.forNumber(Integer.parseInt(name, 0, colon, 10));
            if (kind == Kind.LIST) {
                loadList(name, objects.list(name.substring(colon + 1)));
            } else if (kind != null) {
                loadEntries(name, objects.entries(kind, name.substring(colon + 1)));
            }
        }
        loading = false;
    }

    private void loadEntries(String name, StoredEntries entries) {
        MVMap<byte[], byte[]> map = store.openMap(name, entryMap());
        List<byte[]> over = new ArrayList<>();
        long now = System.currentTimeMillis();
        for (Map.Entry<byte[], byte[]> entry : map.entrySet()) {
            ByteBuffer value = ByteBuffer.wrap(entry.getValue());
            long endsAt = value.getLong();
            if (endsAt != 0 && endsAt <= now) {
                over.add(entry.getKey());
            } else {
                entries.restorePut(
                        ByteString.copyFrom(entry.getKey()), ByteString.copyFrom(value), endsAt);
            }
        }
        for (byte[] key : over) {
            dirty = true;
            map.remove(key);
        }
    }

    private void loadList(String name, StoredList list) {
        for (byte[] bytes : store.openMap(name, listMap()).values()) {
            try {
                list.restore(StoredListChange.parseFrom(bytes));
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException("the store is damaged", e);
            }
        }
    }

    private static MVMap.Builder<byte[], byte[]> entryMap() {
        return new MVMap.Builder<byte[], byte[]>()
                .keyType(ByteArrayDataType.INSTANCE)
                .valueType(ByteArrayDataType.INSTANCE);
    }

    private static MVMap.Builder<Long, byte[]> listMap() {
        return new MVMap.Builder<Long, byte[]>()
                .keyType(LongDataType.INSTANCE)
                .valueType(ByteArrayDataType.INSTANCE);
    }

    EntryLog entries(Kind kind, String name) {
        MVMap<byte[], byte[]> map = store.openMap(kind.getNumber() + ":" + name, entryMap());
        return new EntryMap(map);
    }

    ListLog list(String name) {
        MVMap<Long, byte[]> map = store.openMap(Kind.LIST.getNumber() + ":" + name, listMap());
        return new ChangeMap(map);
    }

    /** Stores each value behind the time at which it expires. */
    private final class EntryMap implements EntryLog {
        private final MVMap<byte[], byte[]> map;

        EntryMap(MVMap<byte[], byte[]> map) {
            this.map = map;
        }

        @Override
        public void put(ByteString key, ByteString value, long endsAt, @Nullable ByteString old) {
            if (loading) {
                return;
            }
            dirty = true;
            byte[] bytes = new byte[Long.BYTES + value.size()];
            ByteBuffer.wrap(bytes).putLong(endsAt);
            value.copyTo(bytes, Long.BYTES);
            map.put(key.toByteArray(), bytes);
        }

        @Override
        public void remove(ByteString key, ByteString old) {
            dirty = true;
            map.remove(key.toByteArray());
        }

        @Override
        public void clear() {
            dirty = true;
            map.clear();
        }
    }

    /** Stores the changes in their order. */
    private final class ChangeMap implements ListLog {
        private final MVMap<Long, byte[]> map;
        private long next;

        ChangeMap(MVMap<Long, byte[]> map) {
            this.map = map;
            Long last = map.lastKey();
            this.next = last == null ? 0 : last + 1;
        }

        @Override
        public void append(StoredListChange change, StoredList now) {
            if (loading) {
                return;
            }
            boolean whole = map.sizeAsLong() > MIN_CHANGES + 2L * now.size();
            // Built first: if there is no memory for it, the changes must still be there.
            byte[] bytes = whole ? replacement(now.copy()) : change.toByteArray();
            dirty = true;
            if (whole) {
                map.clear();
            }
            map.put(next++, bytes);
        }

        private static byte[] replacement(List<ByteString> now) {
            return StoredListChange.newBuilder()
                    .setAction(StoredListChange.Action.REPLACE)
                    .addAllValues(now)
                    .build()
                    .toByteArray();
        }
    }
}
