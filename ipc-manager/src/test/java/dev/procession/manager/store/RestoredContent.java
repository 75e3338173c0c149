package dev.procession.manager.store;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a store brings back, by kind and name. */
public final class RestoredContent implements StoredObjects {

    private final Store store;
    private final Map<String, StoredDict> dicts = new HashMap<>();
    private final Map<String, StoredElements> lists = new HashMap<>();

    private RestoredContent(Store store) {
        this.store = store;
    }

    /** Loads what an open store has. */
    public static RestoredContent of(Store store) throws IOException {
        RestoredContent content = new RestoredContent(store);
        store.load(content);
        return content;
    }

    /** Opens a store, and closes it again. */
    public static RestoredContent of(Path file) throws IOException {
        try (Store store = Store.open(file, false)) {
            return of(store);
        }
    }

    public Map<ByteString, ByteString> dict(String name) {
        return ((StoredDict) entries(Kind.DICT, name)).entries;
    }

    List<ByteString> elements(String name) {
        return ((StoredElements) list(name)).elements;
    }

    @Override
    public StoredEntries entries(Kind kind, String name) {
        return dicts.computeIfAbsent(
                kind + name, absent -> new StoredDict(store.entries(kind, name)));
    }

    @Override
    public StoredList list(String name) {
        return lists.computeIfAbsent(name, absent -> new StoredElements(store.list(name)));
    }
}
