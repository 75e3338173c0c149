package dev.procession.manager.store;

import dev.procession.manager.proto.Kind;

/** Makes the objects that the store brings back. */
public interface StoredObjects {

    /** Returns the dict, set, value, counter or namespace with a name. */
    StoredEntries entries(Kind kind, String name);

    /** Returns the list with a name. */
    StoredList list(String name);
}
