package dev.procession.manager.server;

import com.google.protobuf.ByteString;
import dev.procession.core.Codec;
import dev.procession.core.SerializableSupplier;
import dev.procession.core.transfer.TaskOutcome;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import dev.procession.manager.wire.Invocation;
import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An object of the user's own class, called by one thread of its own, so one method after the
 * other. The only place where the server decodes what users encoded and runs what they wrote.
 */
final class UserObject implements SharedObject {

    private static final long IDLE_SECONDS = 10;

    private final LoopTasks tasks;
    private final ThreadPoolExecutor thread;
    private final Codec codec = Codec.standard();

    /** Used by the object's thread alone. */
    private @Nullable Object object;

    UserObject(LoopTasks tasks, String name) {
        this.tasks = tasks;
        this.thread =
                new ThreadPoolExecutor(
                        1,
                        1,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        body -> {
                            Thread made = new Thread(body, "procession-object-" + name);
                            made.setDaemon(true);
                            return made;
                        });
        thread.allowCoreThreadTimeOut(true);
    }

    @Override
    public void handle(Call call) {
        switch (call.request().getOperation()) {
            case CREATE -> run(call, () -> create(call.request().getValue()));
            case INVOKE -> run(call, () -> invoke(call.request().getValue()));
            default -> SharedObject.refuse(call);
        }
    }

    /** What waits for the object's thread is there until it has run. */
    @Override
    public long growth(Request request) {
        return ServerStats.ENTRY_BYTES + request.getSerializedSize();
    }

    /** What users wrote. */
    private interface Body {
        @Nullable Object run() throws Throwable;
    }

    private void run(Call call, Body body) {
        call.park(() -> {}, () -> {}); // a repeated request must not be carried out again
        Runnable task = () -> carryOut(call, body);
        try {
            thread.execute(task);
        } catch (OutOfMemoryError e) { // no thread, which is to be had again; nothing has begun
            boolean unused = thread.remove(task);
            call.fail("the manager's server has no thread for the shared object: " + e);
        }
    }

    private void carryOut(Call call, Body body) {
        Response.Builder answer;
        try {
            answer = Response.newBuilder().setValue(outcome(body));
        } catch (Throwable e) { // the caller waits for some answer
            answer =
                    Response.newBuilder()
                            .setStatus(Status.FAILED)
                            .setText("the outcome cannot be sent: " + e);
        }
        Response.Builder sent = answer;
        tasks.execute(() -> call.answer(sent));
    }

    private ByteString outcome(Body body) {
        TaskOutcome outcome;
        try {
            outcome = TaskOutcome.success(body.run(), codec);
        } catch (Throwable e) { // whatever users' code throws goes to the caller
            outcome = TaskOutcome.failure(e, codec);
        }
        return ByteString.copyFrom(outcome.toBytes());
    }

    private @Nullable Object create(ByteString factory) {
        if (object == null) {
            Object made =
                    ((SerializableSupplier<?>) codec.decode(factory.asReadOnlyByteBuffer())).get();
            if (made == null) {
                throw new IllegalArgumentException("the factory of a shared object gave null");
            }
            object = made;
        }
        return null;
    }

    private @Nullable Object invoke(ByteString bytes) throws Throwable {
        Object target = object;
        if (target == null) {
            throw new IllegalStateException(
                    "the shared object is not there: the manager's server was started again;"
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
