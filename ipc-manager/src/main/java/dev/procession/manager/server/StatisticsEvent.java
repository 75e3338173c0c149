package dev.procession.manager.server;

import dev.procession.manager.stream.ServerStats;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The server's figures in a flight recording; committed once a second. */
@Name("dev.procession.ManagerStatistics")
@Label("Manager Statistics")
@Category("Procession")
@StackTrace(false)
final class StatisticsEvent extends Event {

    @Label("Operations")
    long operations;

    @Label("Waiting Requests")
    long waiting;

    @Label("Bytes of Keys and Values")
    @DataAmount
    long bytes;

    @Label("Connections")
    long connections;

    @Label("Clients")
    long clients;

    static void commit(ServerStats stats) {
        StatisticsEvent event = new StatisticsEvent();
        event.operations = stats.getOperations();
        event.waiting = stats.getWaitingRequests();
        event.bytes = stats.getBytes();
        event.connections = stats.getConnections();
        event.clients = stats.getClients();
        event.commit();
    }
}
