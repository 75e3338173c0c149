package dev.procession.manager;

/**
 * Figures of a manager's server at one moment. JMX has the same, in the server's JVM, as {@code
 * dev.procession:type=Manager,address=...}; a flight recording has them once a second as {@code
 * dev.procession.ManagerStatistics}.
 *
 * @param operations requests carried out or begun since the server started
 * @param waitingRequests requests that wait now: for a lock, an element, an event
 * @param bytes what keys and values take, without what the server needs to find them
 * @param connections connections now
 * @param clients processes that use the server now
 * @param endedClients processes that said goodbye or died
 */
public record ManagerStats(
        long operations,
        long waitingRequests,
        long bytes,
        long connections,
        long clients,
        long endedClients) {}
