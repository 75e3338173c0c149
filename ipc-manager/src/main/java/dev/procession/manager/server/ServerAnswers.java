package dev.procession.manager.server;

import dev.procession.core.link.Answers;
import dev.procession.core.link.LinkServer;
import dev.procession.core.log.Log;
import dev.procession.core.snapshot.ManagerSnapshot;
import dev.procession.core.snapshot.Snapshots;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;

/** What this process tells of its servers when it is asked: {@code managers}. */
final class ServerAnswers implements Answers.Answer {

    private static final Log LOG = Log.of(ServerAnswers.class);

    private static final String QUESTION = "managers";

    private static final Set<ManagerServer> SERVERS = ConcurrentHashMap.newKeySet();

    private ServerAnswers() {}

    /** Tells of a server from now on. A process that cannot listen is not asked. */
    static void add(ManagerServer server) {
        SERVERS.add(server);
        Answers.provide(QUESTION, new ServerAnswers());
        try {
            LinkServer unused = LinkServer.current();
        } catch (IOException e) {
            LOG.report(Level.DEBUG, "nobody can ask this process about its manager", e);
        }
    }

    static void remove(ManagerServer server) {
        SERVERS.remove(server);
    }

    @Override
    public byte[] to(String question, List<String> arguments)
            throws IOException, InterruptedException, TimeoutException {
        List<ManagerSnapshot> snapshots = new ArrayList<>();
        for (ManagerServer server : SERVERS) {
            snapshots.add(server.snapshot());
        }
        return Snapshots.encode(snapshots);
    }
}
