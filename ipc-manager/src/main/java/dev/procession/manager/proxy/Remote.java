package dev.procession.manager.proxy;

import com.google.protobuf.ByteString;
import dev.procession.core.Codec;
import dev.procession.core.ProcessionException;
import dev.procession.manager.client.LockHolds.Hold;
import dev.procession.manager.client.ManagerClient;
import dev.procession.manager.proto.CollectionRequest;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Size;
import java.io.Serializable;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One shared object as a proxy uses it: its name, its calls, and its encoding. Immutable. */
final class Remote {

    private final ServerLink link;
    private final Kind kind;
    private final String name;
    private final long size;
    private final boolean unnamed;
    private final Serializable handle;

    /**
     * Describes a shared object.
     *
     * @param size what it is made with: a queue's capacity, a semaphore's permits, a barrier's
     *     parties
     * @param unnamed its name is random
     * @param handle the serialised form of its proxy
     */
    Remote(
            ServerLink link,
            Kind kind,
            String name,
            long size,
            boolean unnamed,
            Serializable handle) {
        this.link = link;
        this.kind = kind;
        this.name = Objects.requireNonNull(name, "the name of a shared object");
        this.size = size;
        this.unnamed = unnamed;
        this.handle = handle;
    }

    String name() {
        return name;
    }

    Kind kind() {
        return kind;
    }

    ManagerClient client() {
        return link.client();
    }

    /** The serialised form of the proxy. */
    Object handle() {
        return handle;
    }

    /** Returns a request for this object; its body says what is asked. */
    Request.Builder request() {
        Request.Builder request =
                Request.newBuilder().setKind(kind).setName(name).setUnnamed(unnamed);
        return switch (kind) {
            case QUEUE -> request.setQueueCapacity(size);
            case SEMAPHORE -> request.setSemaphorePermits(size);
            case BARRIER -> request.setBarrierParties(size);
            default -> request;
        };
    }

    /** Returns a request for the number of elements; {@link #size} reads the answer. */
    Request.Builder sizeRequest() {
        return request()
                .setCollection(CollectionRequest.newBuilder().setSize(Size.getDefaultInstance()));
    }

    /** The number of elements, or the greatest that a collection says. */
    static int size(Response response) {
        return (int) Math.min(Integer.MAX_VALUE, response.getCount());
    }

    Response call(Request.Builder request) {
        return client().call(request);
    }

    Response callInterruptibly(Request.Builder request) throws InterruptedException {
        return client().askInterruptibly(request).response();
    }

    <T> CompletableFuture<T> callAsync(Request.Builder request, Function<Response, T> decoder) {
        return client().callAsync(request, decoder);
    }

    ByteString key(Object key) {
        return link.values().key(key);
    }

    Object decodeKey(ByteString bytes) {
        return link.values().decodeKey(bytes);
    }

    ByteString value(Object value) {
        return link.values().value(value);
    }

    @Nullable Object decode(ByteString bytes) {
        return link.values().decode(bytes);
    }

    /** The codec of users' objects. */
    Codec codec() {
        return link.values().codec();
    }

    /** The value of an answer, or null if it has none. */
    @Nullable Object valueOf(Response response) {
        return response.hasValue() ? decode(response.getValue()) : null;
    }

    /** The calling thread's hold of this lock. */
    @Nullable Hold currentHold() {
        return client().holds().ofCurrentThread(kind, name, client().session());
    }

    /** Describes the object with its state, if the server says it. */
    String toString(Supplier<String> state) {
        String now;
        try {
            now = state.get();
        } catch (ProcessionException | IllegalStateException | IllegalArgumentException e) {
            now = "state unknown"; // for example, the server has ended
        }
        return this + "[" + now + "]";
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(java.util.Locale.ROOT) + " " + name;
    }
}
