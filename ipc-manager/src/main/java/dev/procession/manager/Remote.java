package dev.procession.manager;

import com.google.protobuf.ByteString;
import dev.procession.manager.client.LockHolds.Hold;
import dev.procession.manager.client.ManagerClient;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.Operation;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One shared object as a proxy sees it: its name, and the way to it. Immutable. */
final class Remote {

    private final RemoteManager manager;
    private final Kind kind;
    private final String name;
    private final long size;

    Remote(RemoteManager manager, Kind kind, String name, long size) {
        this.manager = manager;
        this.kind = kind;
        this.name = Objects.requireNonNull(name, "the name of a shared object");
        this.size = size;
    }

    String name() {
        return name;
    }

    Kind kind() {
        return kind;
    }

    RemoteManager manager() {
        return manager;
    }

    ManagerClient client() {
        return manager.client();
    }

    /** What travels instead of a proxy. */
    ObjectHandle handle() {
        return new ObjectHandle(manager.handle(), kind, name, size);
    }

    Request.Builder request(Operation operation) {
        return Request.newBuilder()
                .setOperation(operation)
                .setKind(kind)
                .setName(name)
                .setSize(size);
    }

    Response call(Request.Builder request) {
        return client().call(request);
    }

    Response call(Operation operation) {
        return client().call(request(operation));
    }

    Response callInterruptibly(Request.Builder request) throws InterruptedException {
        return client().callInterruptibly(request);
    }

    <T> CompletableFuture<T> callAsync(Request.Builder request, Function<Response, T> decoder) {
        return client().callAsync(request, decoder);
    }

    ByteString key(Object key) {
        return manager.values().key(key);
    }

    Object decodeKey(ByteString bytes) {
        return manager.values().decodeKey(bytes);
    }

    ByteString value(Object value) {
        return manager.values().value(value);
    }

    @Nullable Object decode(ByteString bytes) {
        return manager.values().decode(bytes);
    }

    /** The value of an answer, or null if it has none. */
    @Nullable Object valueOf(Response response) {
        return response.hasValue() ? decode(response.getValue()) : null;
    }

    /** The calling thread's hold of this lock. */
    @Nullable Hold myHold() {
        return client().holds().mine(kind, name, client().incarnation());
    }

    void hold(Hold hold) {
        client().holds().put(kind, name, hold);
    }

    /** This thread has the lock after all, unless another one has it. */
    void holdAgain(Hold hold) {
        client().holds().putBack(kind, name, hold);
    }

    /** This thread does not have the lock any more. */
    void strike(Hold hold) {
        client().holds().strike(kind, name, hold);
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(java.util.Locale.ROOT) + " " + name;
    }
}
