package dev.procession.manager.server;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.StoredListChange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a store brings back, by kind and name. */
final class RestoredContent implements StoredObjects {

    private final Map<String, Map<ByteString, ByteString>> dicts = new LinkedHashMap<>();
    private final Map<String, List<StoredListChange>> lists = new LinkedHashMap<>();

    static RestoredContent of(Store store) {
        RestoredContent content = new RestoredContent();
        store.load(content);
        return content;
    }

    Map<ByteString, ByteString> dict(String name) {
        return dicts.getOrDefault(Kind.DICT + name, Map.of());
    }

    List<StoredListChange> changes(String name) {
        return lists.getOrDefault(name, List.of());
    }

    @Override
    public StoredEntries entries(Kind kind, String name) {
        Map<ByteString, ByteString> entries =
                dicts.computeIfAbsent(kind + name, absent -> new LinkedHashMap<>());
        return new StoredEntries() {
            @Override
            public void restorePut(ByteString key, ByteString value, long endsAt) {
                entries.put(key, value);
            }

            @Override
            public void restoreRemoval(ByteString key) {
                entries.remove(key);
            }

            @Override
            public void restoreClear() {
                entries.clear();
            }
        };
    }

    @Override
    public StoredList list(String name) {
        List<StoredListChange> changes = lists.computeIfAbsent(name, absent -> new ArrayList<>());
        return new StoredList() {
            @Override
            public void restore(StoredListChange change) {
                changes.add(change);
            }

            @Override
            public int size() {
                throw new UnsupportedOperationException();
            }

            @Override
            public long elementBytes() {
                throw new UnsupportedOperationException();
            }

            @Override
            public List<ByteString> copy() {
                throw new UnsupportedOperationException();
            }
        };
    }
}
