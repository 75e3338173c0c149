package dev.procession.manager.objects;

import com.google.protobuf.ByteString;
import dev.procession.core.Codec;
import dev.procession.core.SerializableSupplier;
import dev.procession.core.codec.EncodedTooLargeException;
import dev.procession.core.codec.StandardCodec;
import dev.procession.core.thread.IdleThread;
import dev.procession.core.transfer.TaskOutcome;
import dev.procession.core.transfer.Transfers;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import dev.procession.manager.stream.Call;
import dev.procession.manager.stream.Client;
import dev.procession.manager.stream.LoopTasks;
import dev.procession.manager.stream.ServerBounds;
import dev.procession.manager.stream.SharedObject;
import dev.procession.manager.wire.FrameKind;
import dev.procession.manager.wire.Invocation;
import java.lang.reflect.InvocationTargetException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

/**
 * An object of the user's own class. One thread of its own calls it, so one method runs after the
 * other. Only here the server decodes users' objects and runs users' code.
 */
final class UserObject implements SharedObject {

    /** Further calls are refused. */
    private static final int MAX_WAITING = 4096;

    /** So that no client can take all. */
    private static final int MAX_OF_CLIENT = 1024;

    private final LoopTasks tasks;
    private final ThreadPoolExecutor thread;
    private final Codec codec = Codec.standard();

    /** For outcomes; it ends as soon as one is larger than an answer may be. */
    private final Codec outcomes;

    /** Calls without an answer. Used by the server's thread alone. */
    private int waiting;

    private final Map<Client, Integer> waitingOf = new HashMap<>();

    /** Used by the object's thread alone. */
    private @Nullable Object object;

    UserObject(LoopTasks tasks, ServerBounds bounds, String name) {
        this.tasks = tasks;
        this.outcomes = StandardCodec.atMost(bounds.maxFrameBytes() - FrameKind.ANSWER_BYTES);
        this.thread = IdleThread.named("procession-object-" + name);
    }

    @Override
    public void handle(Call call) {
        switch (call.request().getObject().getBodyCase()) {
            case CREATE ->
                    run(call, () -> create(call.request().getObject().getCreate().getFactory()));
            case INVOKE ->
                    run(call, () -> invoke(call.request().getObject().getInvoke().getInvocation()));
            default -> SharedObject.refuse(call);
        }
    }

    /** A request waits for the object's thread, and takes memory until it has run. */
    @Override
    public long growth(Call call) {
        return call.bytes();
    }

    /** A user's code. */
    private interface Body {
        @Nullable Object run() throws Throwable;
    }

    private void run(Call call, Body body) {
        int ofClient = waitingOf.getOrDefault(call.client(), 0);
        if (waiting >= MAX_WAITING || ofClient >= MAX_OF_CLIENT) {
            call.fail(
                    "too many calls of the shared object wait: of this client="
                            + ofClient
                            + ", limit="
                            + MAX_OF_CLIENT
                            + "; of all="
                            + waiting
                            + ", limit="
                            + MAX_WAITING);
            return;
        }
        call.park(() -> {}, () -> {}); // a repeated request must not be carried out again
        count(call.client(), 1);
        Runnable task = () -> carryOut(call, body);
        try {
            thread.execute(task);
        } catch (OutOfMemoryError e) { // no thread now; nothing has begun
            boolean unused = thread.remove(task);
            count(call.client(), -1);
            call.fail("the manager's server has no thread for the shared object: " + e);
        }
    }

    private void count(Client client, int more) {
        waiting += more;
        waitingOf.merge(client, more, (some, others) -> some == -others ? null : some + others);
    }

    private void carryOut(Call call, Body body) {
        Response.Builder answer;
        try {
            answer = Response.newBuilder().setValue(outcome(body));
        } catch (Throwable e) { // the caller waits for an answer
            answer =
                    Response.newBuilder()
                            .setStatus(Status.FAILED)
                            .setText(
                                    "the outcome cannot be sent: "
                                            + e
                                            + "; the method was carried out");
        }
        Response.Builder sent = answer;
        tasks.execute(
                () -> {
                    count(call.client(), -1);
                    call.answer(sent);
                });
    }

    private ByteString outcome(Body body) throws EncodedTooLargeException {
        TaskOutcome outcome;
        try {
            Object value = body.run();
            outcome = new TaskOutcome(true, Transfers.encode(outcomes, value));
        } catch (Throwable e) { // the caller gets whatever the user's code throws
            if (e.getCause() instanceof EncodedTooLargeException tooLarge) {
                throw tooLarge;
            }
            outcome = TaskOutcome.failure(e, outcomes);
        }
        return ByteString.copyFrom(outcome.toBytes());
    }

    private @Nullable Object create(ByteString factory) {
        if (object == null) {
            Object made =
                    ((SerializableSupplier<?>) codec.decode(factory.asReadOnlyByteBuffer())).get();
            if (made == null) {
                throw new IllegalArgumentException("the factory of a shared object returned null");
            }
            object = made;
        }
        return null;
    }

    private @Nullable Object invoke(ByteString bytes) throws Throwable {
        Object target = object;
        if (target == null) {
            throw new IllegalStateException(
                    "the shared object is gone: the manager's server was started again;"
                            + " get it from the manager once more");
        }
        Invocation invocation = (Invocation) codec.decode(bytes.asReadOnlyByteBuffer());
        try {
            return invocation.on(target);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    void close() {
        thread.shutdownNow();
    }
}
