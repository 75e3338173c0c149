package dev.procession.manager.stream;

/** The figures of a server in JMX, as {@code dev.procession:type=Manager,address=...}. */
public interface ServerStatsMXBean {

    /** Requests carried out or begun. */
    long getOperations();

    /** Requests that wait now: for a lock, an element, an event. */
    long getWaitingRequests();

    /** Bytes of keys and values, large ones as the regions of the heap that they take. */
    long getBytes();

    /** Connections now. */
    long getConnections();

    /** Clients now. */
    long getClients();

    /** Clients that closed their manager or died. */
    long getEndedClients();

    /** Requests, connections and tasks that failed for a reason that is the server's own. */
    long getFailures();
}
