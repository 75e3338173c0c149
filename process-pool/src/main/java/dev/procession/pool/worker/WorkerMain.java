package dev.procession.pool.worker;

import dev.procession.core.Codec;
import dev.procession.core.SerializableCallable;
import dev.procession.core.SerializableRunnable;
import dev.procession.core.lane.LaneEnd;
import dev.procession.core.lane.Payload;
import dev.procession.core.launch.EntryPoint;
import dev.procession.core.launch.ExitCode;
import dev.procession.core.launch.ParentConnection;
import dev.procession.core.launch.StackSampler;
import dev.procession.core.launch.ThreadStack;
import dev.procession.core.time.Timeout;
import dev.procession.core.transfer.SharedValues;
import dev.procession.core.transfer.TaskOutcome;
import dev.procession.pool.protocol.Chunk;
import dev.procession.pool.protocol.LaneMessage;
import dev.procession.pool.protocol.Packed;
import dev.procession.pool.protocol.StartMessage;
import dev.procession.pool.protocol.TaskInContext;
import dev.procession.pool.protocol.TaskWord;
import dev.procession.pool.protocol.UserWork;
import dev.procession.pool.protocol.WorkerSetup;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The entry point of a worker: takes tasks from its lane, runs them on the main thread, and sends
 * their outcomes.
 */
public final class WorkerMain implements EntryPoint {

    private static final Runtime RUNTIME = Runtime.getRuntime();

    private final InterruptTarget running = new InterruptTarget();
    private ByteBuffer taskBytes = ByteBuffer.allocate(1 << 10);
    private Codec codec = Codec.standard();
    private volatile @Nullable LaneEnd attached;
    private int index;

    @Override
    public void run(ParentConnection parent, byte[] payload) throws Exception {
        StartMessage start = StartMessage.decode(payload);
        index = start.index();
        MarkedLines.begin();
        LaneEnd lane = LaneEnd.claim(start.lane());
        attached = lane;
        parent.listen(); // it opens its sockets while the first task runs, not before
        if (start.setup().hasRemaining() && !prepare(lane, start.setup())) {
            ParentConnection.exit(ExitCode.START_FAILED);
        }
        if (!lane.isReady()) {
            rehearse();
        }
        send(lane, LaneMessage.READY.wire(), 0, new byte[0]);
        serve(lane);
        ParentConnection.exit(ExitCode.DONE);
    }

    @Override
    public void connected() throws IOException {
        LaneEnd lane = attached;
        if (lane != null) {
            lane.connectBell();
        }
    }

    @Override
    public void interrupt(long id) {
        running.interrupt(id);
    }

    @Override
    public ThreadStack stack() {
        return running.stack(new StackSampler());
    }

    /**
     * Loads the classes that the first task needs, which takes some 30 ms, while no task waits. It
     * does not use the user's codec, whose calls may have effects.
     */
    private static void rehearse() throws Exception {
        Codec standard = Codec.standard();
        int captured = RUNTIME.availableProcessors();
        SerializableCallable<Integer> task = () -> captured + 1;
        Object decoded = standard.decode(ByteBuffer.wrap(standard.encode(task)));
        TaskOutcome outcome = TaskOutcome.success(TaskInContext.run(decoded), standard);
        if (!outcome.isSuccess()) {
            throw new AssertionError("a task that cannot fail has failed");
        }
    }

    /** Runs the user's initializer; false when it threw. */
    private boolean prepare(LaneEnd lane, ByteBuffer setupBytes) throws IOException {
        try {
            WorkerSetup setup = WorkerSetup.decode(setupBytes);
            codec = setup.effectiveCodec();
            SharedManager.set(setup.manager());
            SerializableRunnable initializer = setup.initializer();
            if (initializer != null) {
                initializer.run();
            }
            return true;
        } catch (Throwable e) { // whatever it is, the pool gets it and no task runs here
            send(
                    lane,
                    LaneMessage.INITIALIZER_FAILED.wire(),
                    0,
                    TaskOutcome.failure(e, Codec.standard()).body());
            return false;
        } finally {
            boolean unused = Thread.interrupted();
        }
    }

    private void serve(LaneEnd lane) throws IOException {
        while (true) {
            if (!lane.peek()) {
                SharedValues.forgetClosed();
                TaskWord.setHeap(lane, RUNTIME.totalMemory() - RUNTIME.freeMemory());
                if (!awaitMessage(lane)) {
                    return; // the pool has closed the lane
                }
                continue;
            }
            switch (LaneMessage.of(lane.type())) {
                case TASK -> serveTask(lane, lane.number());
                case EXIT -> {
                    lane.release();
                    return;
                }
                default -> throw new IOException("unexpected from the pool: type=" + lane.type());
            }
        }
    }

    /**
     * Claims the task before it is read. So a task that this heap cannot hold counts as running
     * when the worker dies, and the next worker does not try it as well.
     */
    private void serveTask(LaneEnd lane, long id) throws IOException {
        if (!TaskWord.begin(lane, id)) {
            lane.release(); // taken back; it is not even read
            return;
        }
        long start = System.nanoTime();
        Reply reply = perform(lane, id);
        TaskWord.setProgress(lane, 0);
        send(lane, id, reply, System.nanoTime() - start);
    }

    private static boolean awaitMessage(LaneEnd lane) throws IOException {
        while (true) {
            try {
                return lane.awaitMessage(Timeout.FOREVER);
            } catch (InterruptedException e) {
                // From a thread that a task has started; no task is running now.
            }
        }
    }

    /** Decodes the task that was claimed; its record is released before. */
    private @Nullable Object decodeTask(LaneEnd lane) throws IOException {
        return lane.isSpilled()
                ? takeSpilled(lane).decode(codec::decode)
                : codec.decode(takePayload(lane));
    }

    private static Payload takeSpilled(LaneEnd lane) throws IOException {
        try {
            return lane.takePayload();
        } catch (IOException e) {
            lane.release(); // it names no file
            throw e;
        }
    }

    /** Copies the payload into a buffer that the next message overwrites. */
    private ByteBuffer takePayload(LaneEnd lane) throws IOException {
        try {
            int bytes = lane.payloadBytes();
            if (taskBytes.capacity() < bytes) {
                taskBytes = ByteBuffer.allocate(bytes);
            }
            lane.copyPayload(taskBytes.clear(), 0);
            return taskBytes.limit(bytes);
        } finally {
            lane.release();
        }
    }

    /** The outcome of a task, as it is sent. */
    private record Reply(LaneMessage type, byte[] body) {
        static Reply of(TaskOutcome outcome) {
            LaneMessage type = outcome.isSuccess() ? LaneMessage.RETURNED : LaneMessage.THREW;
            return new Reply(type, outcome.body());
        }
    }

    private Reply perform(LaneEnd lane, long id) {
        running.enter(id);
        try {
            CurrentTask.enter(new CurrentTask(index, TaskWord.task(id), lane));
            Object result = TaskInContext.run(decodeTask(lane));
            return result instanceof byte[] bytes && codec == Codec.standard()
                    ? new Reply(LaneMessage.RETURNED_BYTES, bytes)
                    : Reply.of(outcome(result, TaskWord.task(id)));
        } catch (Throwable e) { // whatever the task or its decoding throws is for its future
            return Reply.of(TaskOutcome.failure(e, codec));
        } finally {
            CurrentTask.leave();
            running.leave();
        }
    }

    private TaskOutcome outcome(@Nullable Object result, long task) {
        if (result instanceof Chunk.Results results) {
            TaskOutcome outcome = TaskOutcome.success(results.from(index, task), codec);
            Throwable obstacle =
                    outcome.isSuccess()
                            ? null
                            : UserWork.obstacle(codec, Packed.list(results.values()));
            return obstacle == null ? outcome : TaskOutcome.failure(obstacle, codec);
        }
        if (result instanceof Chunk.ResultOfEach results) {
            Chunk.ResultOfEach located = results.from(index, task);
            TaskOutcome outcome = TaskOutcome.success(located, codec);
            return outcome.isSuccess()
                    ? outcome
                    : TaskOutcome.success(located.sendable(codec), codec);
        }
        return TaskOutcome.success(result, codec);
    }

    private void send(LaneEnd lane, long id, Reply reply, long nanos) throws IOException {
        try {
            send(lane, reply.type().wireWith(nanos), id, reply.body());
        } catch (IOException e) {
            // No room for a large result anywhere: that fails this task, by a small message.
            Reply failure = Reply.of(TaskOutcome.failure(e, codec));
            send(lane, failure.type().wireWith(nanos), id, failure.body());
        }
    }

    private static void send(LaneEnd lane, int type, long id, byte[] payload) throws IOException {
        while (!lane.offer(type, id, payload)) {
            try {
                lane.awaitRoom(payload.length, Timeout.FOREVER);
            } catch (InterruptedException e) {
                // As in awaitMessage.
            }
        }
    }
}
