package dev.procession.manager.store;

import dev.procession.manager.proto.StoredListChange;

/** Keeps the changes of one list, so that they survive the server. */
public interface ListLog {

    /** Keeps nothing. */
    ListLog NONE = (change, now) -> {};

    /**
     * Keeps a change.
     *
     * @param now the list after the change
     */
    void append(StoredListChange change, StoredList now);
}
