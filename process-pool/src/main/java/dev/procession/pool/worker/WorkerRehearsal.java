package dev.procession.pool.worker;

import dev.procession.core.Codec;
import dev.procession.core.SerializableCallable;
import dev.procession.core.lane.LaneEnd;
import dev.procession.core.lane.LaneHandle;
import dev.procession.core.lane.Message;
import dev.procession.core.launch.Rehearsal;
import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import dev.procession.pool.protocol.LaneMessage;
import dev.procession.pool.protocol.StartMessage;
import dev.procession.pool.protocol.TaskWord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Rehearses a worker for the start-up archive: it starts, runs a task, and waits for the next one.
 */
public final class WorkerRehearsal implements Rehearsal {

    private static final int LANE_BYTES = 1 << 16;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private LaneEnd @Nullable [] made;

    /** Made by {@link java.util.ServiceLoader}. */
    public WorkerRehearsal() {}

    @Override
    public void prepare() throws IOException {
        made = LaneEnd.createPair(LANE_BYTES);
    }

    @Override
    public void rehearse(Stage stage) throws IOException, InterruptedException {
        Codec codec = Codec.standard();
        LaneEnd[] pair = Objects.requireNonNull(made, "prepare() comes first");
        LaneEnd here = pair[0];
        LaneHandle handle = pair[1].move();
        Segment.open(Path.of(handle.path()), SegmentKind.LANE); // here the lane is open already
        stage.start(WorkerMain.class, StartMessage.encode(0, handle, new byte[0]));
        here.offer(LaneMessage.TASK.wire(), TaskWord.id(0, 1), codec.encode(task(1)));
        expect(here, LaneMessage.READY);
        codec.decode(ByteBuffer.wrap(expect(here, LaneMessage.RETURNED)));
    }

    private static byte[] expect(LaneEnd lane, LaneMessage type)
            throws IOException, InterruptedException {
        Message message = lane.awaitMessage(PATIENCE_NANOS) ? lane.poll() : null;
        if (message == null || LaneMessage.of(message.type()) != type) {
            throw new IOException("expected " + type + " from the worker, got " + message);
        }
        return message.payload();
    }

    private static SerializableCallable<Integer> task(int captured) {
        return () -> captured + 1;
    }
}
