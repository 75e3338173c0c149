package dev.procession.manager.server;

import dev.procession.core.link.Answers;
import dev.procession.core.link.FrameType;
import dev.procession.core.link.LinkServer;
import dev.procession.core.log.Log;
import dev.procession.core.snapshot.ManagerSnapshot;
import dev.procession.core.snapshot.Snapshots;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What this process tells of its servers when it is asked: {@code managers}. */
final class ServerAnswers implements Answers.Answer {

    private static final Log LOG = Log.of(ServerAnswers.class);

    private static final String QUESTION = "managers";

    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

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

    /**
     * Waits for half a second at most, as the asking process waits for a second. A server whose
     * thread is busy for longer tells its figures alone.
     */
    @Override
    public byte[] to(String question, List<String> arguments)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        Map<ManagerServer, CompletableFuture<ManagerSnapshot>> begun = new LinkedHashMap<>();
        for (ManagerServer server : SERVERS) {
            try {
                begun.put(server, server.snapshot());
            } catch (RejectedExecutionException e) {
                // It is ending.
            }
        }
        List<ManagerSnapshot> snapshots = new ArrayList<>();
        for (Map.Entry<ManagerServer, CompletableFuture<ManagerSnapshot>> one : begun.entrySet()) {
            snapshots.add(await(one.getKey(), one.getValue(), end - System.nanoTime()));
        }
        snapshots.sort(Comparator.comparing(ManagerSnapshot::address));
        byte[] bytes = Snapshots.encode(snapshots);
        if (bytes.length >= FrameType.ANSWER.maxBytes()) { // very many servers, each with much
            snapshots.clear();
            for (ManagerServer server : begun.keySet()) {
                snapshots.add(server.figures("the servers of its process have too much to tell"));
            }
            bytes = Snapshots.encode(snapshots);
        }
        return bytes;
    }

    private static ManagerSnapshot await(
            ManagerServer server, CompletableFuture<ManagerSnapshot> begun, long nanos)
            throws InterruptedException {
        try {
            return begun.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            begun.cancel(false);
            return server.figures("its thread was busy for half a second");
        }
    }
}
