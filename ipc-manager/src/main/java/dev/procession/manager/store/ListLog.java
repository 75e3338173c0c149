package dev.procession.manager.store;

import dev.procession.manager.proto.StoredListChange;

/** Keeps the changes of one list, so that they survive the server. */
public interface ListLog {

    /** Keeps nothing. */
    ListLog NONE =
            new ListLog() {
                @Override
                public void append(StoredListChange change, StoredList now) {}

                @Override
                public void forgotten() {}
            };

    /**
     * Keeps a change.
     *
     * @param now the list after the change
     */
    void append(StoredListChange change, StoredList now);

    /** The list is empty, and the server forgets it. */
    void forgotten();
}
