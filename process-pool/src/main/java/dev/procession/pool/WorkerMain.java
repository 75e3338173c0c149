package dev.procession.pool;

import dev.procession.core.Codec;
import dev.procession.core.failure.Outcome;
import dev.procession.core.launch.EntryPoint;
import dev.procession.core.launch.ExitCode;
import dev.procession.core.launch.ParentConnection;
import dev.procession.core.wire.LaneEnd;
import dev.procession.core.wire.LaneHandle;
import dev.procession.core.wire.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The worker's side: takes tasks from its lane, runs them on the main thread, sends outcomes. */
final class WorkerMain implements EntryPoint {

    private final Codec codec = Codec.standard();
    private final RunningTask running = new RunningTask();
    private int index;

    /** What the worker needs to know: its index and its end of the lane. */
    static byte[] payload(int index, LaneHandle handle) {
        byte[] path = handle.path().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(4 + 8 + 4 + 8 + path.length)
                .putInt(index)
                .putLong(handle.id())
                .putInt(handle.end())
                .putLong(handle.epoch())
                .put(path)
                .array();
    }

    private static LaneHandle handle(ByteBuffer in) {
        long id = in.getLong();
        int end = in.getInt();
        long epoch = in.getLong();
        String path = StandardCharsets.UTF_8.decode(in).toString();
        return new LaneHandle(path, id, end, epoch);
    }

    @Override
    public void run(ParentConnection parent, byte[] payload) throws Exception {
        parent.listen(running::interrupt);
        ByteBuffer in = ByteBuffer.wrap(payload);
        index = in.getInt();
        LaneEnd lane = LaneEnd.attach(handle(in), false);
        send(lane, LaneMessage.READY, 0, new byte[0]);
        serve(lane);
        ParentConnection.exit(ExitCode.DONE);
    }

    private void serve(LaneEnd lane) throws IOException {
        while (true) {
            Message message = lane.poll();
            if (message == null) {
                if (!awaitMessage(lane)) {
                    return; // the pool has closed the lane
                }
                continue;
            }
            switch (LaneMessage.of(message)) {
                case TASK -> {
                    if (Claims.begin(lane, message.id())) {
                        Outcome outcome = perform(message);
                        reply(lane, message.id(), outcome);
                    }
                }
                case EXIT -> {
                    return;
                }
                default -> throw new IOException("unexpected from the pool: " + message.type());
            }
        }
    }

    private static boolean awaitMessage(LaneEnd lane) throws IOException {
        while (true) {
            try {
                return lane.awaitMessage(Long.MAX_VALUE);
            } catch (InterruptedException e) {
                // A task has left threads that interrupt this one; no task is running now.
            }
        }
    }

    private Outcome perform(Message message) {
        running.enter(message.id());
        try {
            ByteBuffer bytes = ByteBuffer.wrap(message.payload());
            Worker.enter(new Worker(index, bytes.getLong()));
            return Outcome.success(call(codec.decode(bytes)), codec);
        } catch (Throwable e) { // whatever the task throws is for its future
            return Outcome.failure(e, codec);
        } finally {
            Worker.leave();
            running.leave();
        }
    }

    private static @Nullable Object call(@Nullable Object task) throws Exception {
        if (task instanceof Callable<?> callable) {
            return callable.call();
        }
        if (task instanceof Runnable runnable) {
            runnable.run();
            return null;
        }
        throw new IllegalArgumentException("neither Callable nor Runnable: " + task);
    }

    private void reply(LaneEnd lane, long number, Outcome outcome) throws IOException {
        try {
            send(lane, type(outcome), number, outcome.body());
        } catch (IOException e) {
            // No room for a large result anywhere: that is this task's failure, and a small one.
            Outcome failure = Outcome.failure(e, codec);
            send(lane, type(failure), number, failure.body());
        }
    }

    private static LaneMessage type(Outcome outcome) {
        return outcome.isSuccess() ? LaneMessage.RETURNED : LaneMessage.THREW;
    }

    private static void send(LaneEnd lane, LaneMessage type, long number, byte[] payload)
            throws IOException {
        while (!lane.offer(type.wire(), number, payload)) {
            try {
                lane.awaitRoom(payload.length, Long.MAX_VALUE);
            } catch (InterruptedException e) {
                // As in awaitMessage.
            }
        }
    }
}
