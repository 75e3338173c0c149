package dev.procession.manager.proxy;

import dev.procession.core.SerializableSupplier;
import dev.procession.manager.Manager;
import dev.procession.manager.ManagerException;
import dev.procession.manager.ManagerStats;
import dev.procession.manager.SharedBarrier;
import dev.procession.manager.SharedCounter;
import dev.procession.manager.SharedDict;
import dev.procession.manager.SharedEvent;
import dev.procession.manager.SharedList;
import dev.procession.manager.SharedLock;
import dev.procession.manager.SharedNamespace;
import dev.procession.manager.SharedQueue;
import dev.procession.manager.SharedSemaphore;
import dev.procession.manager.SharedSet;
import dev.procession.manager.SharedValue;
import dev.procession.manager.client.ManagerClient;
import dev.procession.manager.proto.BackUp;
import dev.procession.manager.proto.Figures;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Stats;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A manager of one server; where it is sent to, it becomes one of these again. */
public final class RemoteManager implements Manager {

    @Serial private static final long serialVersionUID = 1L;

    private final transient ServerLink link;
    private final transient @Nullable Runnable endServer;
    private final transient AtomicBoolean closed = new AtomicBoolean();

    /**
     * Attaches this process. It connects at the first call.
     *
     * @param endServer ends the server; null if this process did not start it
     */
    public RemoteManager(ManagerHandle handle, byte[] secret, @Nullable Runnable endServer) {
        this.link = ServerLink.ofManager(handle, secret);
        this.endServer = endServer;
    }

    /** The client that calls the server. */
    public ManagerClient client() {
        return link.client();
    }

    private Remote remote(Kind kind, String name, long size) {
        return new ObjectHandle(link.handle(), kind, name, size, false).remote(link);
    }

    private Remote unnamed(Kind kind, long size) {
        String name = UUID.randomUUID().toString();
        return new ObjectHandle(link.handle(), kind, name, size, true).remote(link);
    }

    private static int positive(int number, String what) {
        if (number < 1) {
            throw new IllegalArgumentException("at least one: " + what + "=" + number);
        }
        return number;
    }

    @Override
    public <K, V> SharedDict<K, V> dict(String name) {
        return new RemoteDict<>(remote(Kind.DICT, name, 0));
    }

    @Override
    public <E> SharedList<E> list(String name) {
        return new RemoteList<>(remote(Kind.LIST, name, 0));
    }

    @Override
    public <E> SharedSet<E> set(String name) {
        return new RemoteSet<>(remote(Kind.SET, name, 0));
    }

    @Override
    public <E> SharedQueue<E> queue(String name, int capacity) {
        return new RemoteQueue<>(remote(Kind.QUEUE, name, positive(capacity, "capacity")));
    }

    @Override
    public SharedLock rlock(String name) {
        return new RemoteLock(remote(Kind.RLOCK, name, 0));
    }

    @Override
    public SharedLock rlock() {
        return new RemoteLock(unnamed(Kind.RLOCK, 0));
    }

    @Override
    public SharedLock lock(String name) {
        return new RemoteLock(remote(Kind.LOCK, name, 0));
    }

    @Override
    public SharedLock lock() {
        return new RemoteLock(unnamed(Kind.LOCK, 0));
    }

    @Override
    public SharedSemaphore semaphore(String name, int permits) {
        return new RemoteSemaphore(remote(Kind.SEMAPHORE, name, permits));
    }

    @Override
    public SharedSemaphore semaphore(int permits) {
        return new RemoteSemaphore(unnamed(Kind.SEMAPHORE, permits));
    }

    @Override
    public SharedEvent event(String name) {
        return new RemoteEvent(remote(Kind.EVENT, name, 0));
    }

    @Override
    public SharedEvent event() {
        return new RemoteEvent(unnamed(Kind.EVENT, 0));
    }

    @Override
    public SharedBarrier barrier(String name, int parties) {
        return new RemoteBarrier(remote(Kind.BARRIER, name, positive(parties, "parties")), parties);
    }

    @Override
    public SharedBarrier barrier(int parties) {
        return new RemoteBarrier(unnamed(Kind.BARRIER, positive(parties, "parties")), parties);
    }

    @Override
    public SharedCounter counter(String name) {
        return new RemoteCounter(remote(Kind.COUNTER, name, 0));
    }

    @Override
    public <V> SharedValue<V> value(String name) {
        return new RemoteValue<>(remote(Kind.VALUE, name, 0));
    }

    @Override
    public SharedNamespace namespace(String name) {
        return new RemoteNamespace(remote(Kind.NAMESPACE, name, 0));
    }

    @Override
    public <S> S shared(String name, Class<S> type, SerializableSupplier<? extends S> factory) {
        Remote remote = new UserObjectHandle(link.handle(), name, type).remote(link);
        return RemoteObject.make(remote, type, factory);
    }

    @Override
    public Path address() {
        return client().address().directory();
    }

    @Override
    public ManagerStats stats() {
        return stats(client().call(statsRequest()));
    }

    /**
     * Asks for the figures without ever blocking: for a thread that must go on if the server stands
     * still.
     *
     * @param answer gets the figures, or the failure
     */
    public void askStats(CompletableFuture<ManagerStats> answer) {
        CompletableFuture<ManagerStats> reply =
                client().tryCallAsync(statsRequest(), RemoteManager::stats);
        if (reply == null) {
            answer.completeExceptionally(
                    new ManagerException("too many calls are under way", null));
            return;
        }
        CompletableFuture<?> unused =
                reply.whenComplete(
                        (stats, failure) -> {
                            if (failure == null) {
                                answer.complete(stats);
                            } else {
                                answer.completeExceptionally(failure);
                            }
                        });
    }

    private static Request.Builder statsRequest() {
        return Request.newBuilder().setStats(Stats.getDefaultInstance());
    }

    private static ManagerStats stats(Response response) {
        try {
            Figures figures = Figures.parseFrom(response.getValue());
            return new ManagerStats(
                    figures.getPid(),
                    figures.getOperations(),
                    figures.getWaiting(),
                    figures.getBytes(),
                    figures.getConnections(),
                    figures.getClients(),
                    figures.getEndedClients(),
                    figures.getFailures(),
                    figures.getObjects(),
                    figures.getMaxBytes());
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new ManagerException(
                    "protocol error from the manager's server: no figures can be read", e);
        }
    }

    @Override
    public void snapshotTo(Path file) {
        Response unused =
                link.client()
                        .call(
                                Request.newBuilder()
                                        .setBackUp(
                                                BackUp.newBuilder()
                                                        .setPath(
                                                                file.toAbsolutePath().toString())));
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            client().release();
            if (endServer != null) {
                endServer.run();
            }
        }
    }

    @Override
    public String toString() {
        return "Manager[" + address() + "]";
    }

    @Serial
    private Object writeReplace() {
        return new TravellingManager(link.handle());
    }

    @Serial
    private void readObject(ObjectInputStream stream) throws IOException {
        throw new InvalidObjectException("a manager travels as its handle");
    }
}
