package dev.procession.manager.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.StoredListChange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.HashMap;
import java.util.Map;

/** Makes the changes of a store's file again, in their order. */
final class StoreLoader {

    private final Store store;
    private final StoredObjects objects;
    private final Map<Integer, StoredEntries> dicts = new HashMap<>();
    private final Map<Integer, StoredList> lists = new HashMap<>();

    /** Entries that end before are not loaded. */
    private final long now;

    StoreLoader(Store store, StoredObjects objects, long now) {
        this.store = store;
        this.objects = objects;
        this.now = now;
    }

    /** Loads the batches before a position. */
    void load(FileChannel channel, long end) throws IOException {
        RecordReader reader = new RecordReader(channel, StoreFormat.HEADER_BYTES, end);
        while (reader.next()) {
            ByteBuffer body = reader.body();
            switch (reader.type()) {
                case StoreFormat.OBJECT -> object(body);
                case StoreFormat.PUT, StoreFormat.REMOVE -> entry(reader.type(), body);
                case StoreFormat.CLEAR -> of(dicts, body.getInt()).restoreClear();
                case StoreFormat.LIST -> change(body);
                case StoreFormat.SESSION, StoreFormat.COMMIT -> {}
                default -> throw unknown("a record of a type", "type=" + reader.type());
            }
        }
    }

    private static ByteString rest(ByteBuffer body) {
        return ByteString.copyFrom(body);
    }

    private void object(ByteBuffer body) throws IOException {
        int number = body.getInt();
        int kindNumber = body.getInt();
        Kind kind = Kind.forNumber(kindNumber);
        if (kind == null) {
            throw unknown("an object of a kind", "kind=" + kindNumber);
        }
        ByteString name = rest(body);
        store.restoreNumber(number, kind, name);
        if (kind == Kind.LIST) {
            lists.put(number, objects.list(name.toStringUtf8()));
        } else {
            dicts.put(number, objects.entries(kind, name.toStringUtf8()));
        }
    }

    private void entry(byte type, ByteBuffer body) throws IOException {
        StoredEntries dict = of(dicts, body.getInt());
        int keyBytes = body.getInt();
        long endsAt = body.getLong();
        ByteString key = ByteString.copyFrom(body, keyBytes);
        if (type == StoreFormat.REMOVE || (endsAt != 0 && endsAt <= now)) {
            dict.restoreRemoval(key);
        } else {
            dict.restorePut(key, rest(body), endsAt);
        }
    }

    private void change(ByteBuffer body) throws IOException {
        StoredList list = of(lists, body.getInt());
        try {
            StoredListChange change = StoredListChange.parseFrom(rest(body));
            switch (change.getAction()) {
                case NONE, UNRECOGNIZED ->
                        throw unknown("a change of a list", "change=" + change.getActionValue());
                default -> list.restore(change);
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IOException("the store has a change of a list that cannot be read", e);
        }
    }

    private IOException unknown(String what, String which) {
        return new IOException(
                "the store has "
                        + what
                        + " that is unknown here, so it was written by a later version: file="
                        + store.file()
                        + ", "
                        + which);
    }

    private static <T> T of(Map<Integer, T> objects, int number) throws IOException {
        T object = objects.get(number);
        if (object == null) {
            throw new IOException("the store has a change of no object: number=" + number);
        }
        return object;
    }
}
