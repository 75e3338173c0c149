package dev.procession.manager.stream;

import dev.procession.manager.objects.ObjectTable;

/**
 * Counts the objects that one client has made and that are still there, so that no client takes the
 * room of all. They may outlive it. Used by the server's thread alone.
 */
public final class MadeObjects {

    /** What {@link ObjectTable} counts for their names and themselves. */
    public long bytes;

    /** Those of users' own classes. */
    public int userObjects;
}
