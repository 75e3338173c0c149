package dev.procession.manager;

/**
 * Figures of a manager's server at one moment. JMX has the same, in the server's JVM, as {@code
 * dev.procession:type=Manager,address=...}; a flight recording has them once a second as {@code
 * dev.procession.ManagerStatistics}.
 *
 * @param pid the server's process
 * @param operations requests carried out or begun since the server started
 * @param waitingRequests requests that wait now, for example for a lock, an element or an event
 * @param bytes the bytes of keys and values, large ones as the regions of the heap that they take,
 *     without those that the server needs to find them
 * @param connections connections now
 * @param clients processes that use the server now
 * @param endedClients processes that have closed their manager or died
 * @param failures requests, connections and tasks of the server that failed for a reason that is
 *     the server's own
 * @param objects shared objects now; 0 if the server is of a version that does not say it
 * @param maxBytes how many bytes it may store; 0 if the server is of a version that does not say it
 */
public record ManagerStats(
        long pid,
        long operations,
        long waitingRequests,
        long bytes,
        long connections,
        long clients,
        long endedClients,
        long failures,
        long objects,
        long maxBytes) {}
