package dev.procession.core.snapshot;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A manager's server and what it hosts.
 *
 * @param address its address
 * @param pid its process
 * @param silent why it tells nothing of its clients, objects and locks; null if it does
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
 * @param locks the locks that are held or waited for; those with the most waiters if there are many
 * @param moreLocks how many of these locks are left out
 */
public record ManagerSnapshot(
        String address,
        long pid,
        @Nullable String silent,
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
        List<Lock> locks,
        int moreLocks)
        implements Serializable {

    /**
     * An object that processes share.
     *
     * @param kind what it is: {@code dict}, {@code list}, {@code queue}, {@code set}, {@code
     *     namespace}, {@code value}, {@code counter}, {@code lock}, {@code rlock}, {@code
     *     semaphore}, {@code event}, {@code barrier} or {@code object}
     * @param name its name, cut if it is long; null if it has none
     * @param size how many entries or elements it has; of a counter its value, of a semaphore the
     *     permits that are free, of a barrier the parties; of a value, a lock or an event 1 if it
     *     is set or held
     * @param bytes how many bytes the entries or elements take
     * @param waiting how many requests wait at it, those at the conditions of a lock included
     */
    public record SharedObject(
            String kind, @Nullable String name, long size, long bytes, int waiting)
            implements Serializable {}

    /**
     * A lock with its holder and those who wait for it.
     *
     * @param name its name, cut if it is long; null if it has none
     * @param holder the pid of the process that holds it; 0 if none does
     * @param holderThread the number of the thread there
     * @param heldFor for how many seconds
     * @param abandoned whether a holder has died with it, and no later holder knows
     * @param waiters who waits, in the order in which they will get it; the first ones if there are
     *     many
     * @param moreWaiters how many waiters are left out
     * @param awaiting how many threads await a signal at one of its conditions; they want the lock
     *     only after it
     */
    public record Lock(
            @Nullable String name,
            long holder,
            long holderThread,
            double heldFor,
            boolean abandoned,
            List<Waiter> waiters,
            int moreWaiters,
            int awaiting)
            implements Serializable {}

    /**
     * A process that waits for a lock.
     *
     * @param pid the process
     * @param waited for how many seconds
     */
    public record Waiter(long pid, double waited) implements Serializable {}
}
