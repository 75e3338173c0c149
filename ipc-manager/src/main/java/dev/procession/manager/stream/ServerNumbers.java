package dev.procession.manager.stream;

/**
 * The numbers that a server hands out: no server at this address has handed out the same ones
 * before. Used by the server's thread alone.
 */
public final class ServerNumbers {

    /** How many numbers of one kind a server hands out, at most. */
    private static final int NUMBER_BITS = 40;

    private final long incarnation;
    private final long firstOfRun;
    private long firstVersion;
    private long first;
    private long token;

    /**
     * Begins the numbers of a server.
     *
     * @param incarnation a random number that names this run of the server
     * @param epoch greater than those of all servers before
     */
    public ServerNumbers(long incarnation, long epoch) {
        this.incarnation = incarnation;
        this.firstVersion = incarnation >>> 2;
        this.firstOfRun = epoch << NUMBER_BITS;
        this.first = firstOfRun;
        this.token = first;
    }

    public long incarnation() {
        return incarnation;
    }

    /**
     * Versions of an object that is made now are greater than this. A client may still remember a
     * version of the server before, so it begins elsewhere each time; or one of an object of the
     * same name that was forgotten.
     */
    public long firstVersion() {
        return firstVersion;
    }

    /** Notes the last version of an object that is forgotten. */
    public void usedVersion(long version) {
        firstVersion = Math.max(firstVersion, version);
    }

    /** All numbers that this server hands out are greater, and all of those before it less. */
    public long firstOfRun() {
        return firstOfRun;
    }

    /** Numbers of elements and snapshots of an object that is made now are greater than this. */
    public long first() {
        return first;
    }

    /** Notes the last number of an element or snapshot of an object that is forgotten. */
    public void used(long number) {
        first = Math.max(first, number);
    }

    /** Returns a fencing token, greater than all before. */
    public long nextToken() {
        return ++token;
    }

    /**
     * Returns a number, greater than all that this server and those before it have returned here.
     */
    public long next() {
        return nextToken();
    }
}
