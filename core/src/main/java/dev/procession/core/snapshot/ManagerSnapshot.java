package dev.procession.core.snapshot;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A manager's server and what it hosts.
 *
 * @param address its address
 * @param pid its process
 * @param operations requests that it has carried out or begun
 * @param waitingRequests requests that wait now, for a lock, say
 * @param bytes the bytes of the stored keys and values
 * @param maxBytes how many it may store
 * @param connections its connections
 * @param clients the pids of the processes that use it
 * @param endedClients processes that have closed their manager or died
 * @param failures failures whose reason is the server's own
 * @param objects the objects, the largest first; not all if there are many
 * @param moreObjects how many objects are left out
 * @param locks the locks that are held or waited for
 */
public record ManagerSnapshot(
        String address,
        long pid,
        long operations,
        long waitingRequests,
        long bytes,
        long maxBytes,
        long connections,
        List<Long> clients,
        long endedClients,
        long failures,
        List<SharedObject> objects,
        int moreObjects,
        List<Lock> locks)
        implements Serializable {

    /**
     * An object that processes share.
     *
     * @param kind what it is: {@code dict}, {@code list}, ...
     * @param name its name, or null
     * @param size how many entries, elements or permits it has
     * @param bytes how many bytes they take; 0 where they are not counted
     */
    public record SharedObject(String kind, @Nullable String name, long size, long bytes)
            implements Serializable {}

    /**
     * A lock with its holder and those who wait for it.
     *
     * @param name its name, or null
     * @param holder the pid of the process that holds it; 0 if none does
     * @param holderThread the number of the thread there
     * @param heldFor for how many seconds
     * @param abandoned whether a holder has died with it, and no later holder knows
     * @param waiters who waits, in the order in which they will get it
     */
    public record Lock(
            @Nullable String name,
            long holder,
            long holderThread,
            double heldFor,
            boolean abandoned,
            List<Waiter> waiters)
            implements Serializable {}

    /**
     * A process that waits for a lock.
     *
     * @param pid the process
     * @param waited for how many seconds
     */
    public record Waiter(long pid, double waited) implements Serializable {}
}
