package dev.procession.manager.store;

import com.google.protobuf.ByteString;

/**
 * A dict whose content survives the server. The store brings it back by these methods before the
 * server listens. They go through the dict's log as other changes do, which counts them and keeps
 * them no second time.
 */
public interface StoredEntries {

    /** Puts an entry that has not expired. */
    void restorePut(ByteString key, ByteString value, long endsAt);

    /** Removes an entry, if there is one with this key. */
    void restoreRemoval(ByteString key);

    /** Removes all entries. */
    void restoreClear();
}
