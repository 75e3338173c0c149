package dev.procession.manager.store;

import com.google.protobuf.ByteString;
import java.util.LinkedHashMap;
import java.util.Map;

/** A dict as a store sees it. */
public final class StoredDict implements StoredEntries {

    final Map<ByteString, ByteString> entries = new LinkedHashMap<>();
    private final EntryLog log;

    public StoredDict(EntryLog log) {
        this.log = log;
    }

    public void put(String key, ByteString value) {
        restorePut(ByteString.copyFromUtf8(key), value, 0);
    }

    @Override
    public void restorePut(ByteString key, ByteString value, long endsAt) {
        log.put(key, value, endsAt, entries.put(key, value));
    }

    @Override
    public void restoreRemoval(ByteString key) {
        ByteString old = entries.remove(key);
        if (old != null) {
            log.remove(key, old);
        }
    }

    @Override
    public void restoreClear() {
        entries.clear();
        log.clear();
    }
}
