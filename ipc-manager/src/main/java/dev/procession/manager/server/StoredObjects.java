package dev.procession.manager.server;

import dev.procession.manager.proto.Kind;

/** Makes the objects that the store brings back. */
interface StoredObjects {

    /** Returns the dict, set, value, counter or namespace with a name. */
    StoredEntries entries(Kind kind, String name);

    /** Returns the list with a name. */
    StoredList list(String name);
}
