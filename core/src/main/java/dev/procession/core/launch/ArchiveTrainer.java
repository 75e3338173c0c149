package dev.procession.core.launch;

import dev.procession.core.Codec;
import dev.procession.core.SerializableCallable;
import dev.procession.core.life.Session;
import dev.procession.core.wire.ControlLink;
import dev.procession.core.wire.Frame;
import dev.procession.core.wire.FrameType;
import dev.procession.core.wire.Hub;
import dev.procession.core.wire.LaneEnd;
import dev.procession.core.wire.LaneHandle;
import dev.procession.core.wire.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The main class of the JVM whose loaded classes become the archive: does by itself what a child
 * and its parent do until the first result of a lambda.
 *
 * <p>It must end normally, as a JVM that halts writes no archive. When its standard input ends, who
 * started it has died, and it halts.
 */
final class ArchiveTrainer {

    private static final int LANE_BYTES = 1 << 16;
    private static final long PATIENCE_SECONDS = 10;

    /** Classes of modules above that children load by name; absent ones do not matter. */
    private static final List<String> LOADED_BY_NAME =
            List.of(
                    "dev.procession.core.launch.ChildMain",
                    "dev.procession.core.ChildProcess",
                    "dev.procession.core.ChildBody",
                    "dev.procession.pipe.Connection",
                    "dev.procession.pipe.Pipe",
                    "dev.procession.pool.WorkerMain");

    private ArchiveTrainer() {}

    /** Rehearses. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Thread guard = new Thread(null, ArchiveTrainer::haltWhenAlone, "procession-alone");
        guard.setDaemon(true);
        guard.start();
        Session session = Session.current();
        rehearseLink(session, Codec.standard());
        rehearseLane(Codec.standard());
        for (String name : LOADED_BY_NAME) {
            load(name);
        }
    }

    private static void haltWhenAlone() {
        try {
            while (System.in.read() >= 0) {
                // Nobody writes here.
            }
        } catch (IOException e) {
            // The same as its end.
        }
        Runtime.getRuntime().halt(ExitCode.PARENT_GONE.code());
    }

    private static void load(String name) {
        try {
            Class.forName(name, false, ArchiveTrainer.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            // Not every program has every module.
        }
    }

    /** Being a child and its parent at once: this process connects to itself. */
    private static void rehearseLink(Session session, Codec codec)
            throws IOException, InterruptedException {
        CountDownLatch answered = new CountDownLatch(1);
        ControlLink link = new ControlLink(new Listening(answered));
        Hub.expect(session.self(), link);
        Hub.current();
        link.send(new Frame(FrameType.START, codec.encode(task(session.self()))));
        ParentConnection parent = new ParentConnection(session, session.self());
        byte[] start = parent.receiveStart();
        parent.listen(id -> {});
        parent.sendResult(call(codec, start));
        if (!answered.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("this process does not hear itself");
        }
    }

    private static SerializableCallable<Object> task(long captured) {
        String text = "captured";
        return () -> List.of(captured, text, Map.of(text, captured), new long[] {captured});
    }

    private static byte[] call(Codec codec, byte[] task) throws IOException {
        try {
            Object decoded = codec.decode(ByteBuffer.wrap(task));
            if (decoded instanceof SerializableCallable<?> callable) {
                return codec.encode(callable.call());
            }
        } catch (Exception e) { // what the JDK's own Callable may throw
            throw new IOException("the lambda of the rehearsal failed", e);
        }
        throw new IOException("a lambda came back as something else");
    }

    private static void rehearseLane(Codec codec) throws IOException, InterruptedException {
        LaneEnd[] pair = LaneEnd.createPair(LANE_BYTES);
        LaneHandle handle = pair[1].move();
        byte[] moved = codec.encode(handle);
        if (!(codec.decode(ByteBuffer.wrap(moved)) instanceof LaneHandle arrived)) {
            throw new IOException("a handle came back as something else");
        }
        try (LaneEnd here = pair[0];
                LaneEnd there = LaneEnd.attach(arrived, true)) {
            here.offer(1, 1, codec.encode(task(1)));
            pass(codec, there, here);
            there.awaitMessage(TimeUnit.MILLISECONDS.toNanos(1)); // times out: the way to sleep
        }
    }

    private static void pass(Codec codec, LaneEnd there, LaneEnd here)
            throws IOException, InterruptedException {
        there.awaitMessage(TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS));
        Message task = there.poll();
        if (task == null) {
            throw new IOException("a message was lost");
        }
        there.offer(1, task.id(), call(codec, task.payload()));
        Message result = here.poll();
        if (result == null) {
            throw new IOException("a result was lost");
        }
        codec.decode(ByteBuffer.wrap(result.payload()));
    }

    /** The parent's side of the link to itself. */
    private static final class Listening implements ControlLink.Listener {
        private final CountDownLatch answered;

        Listening(CountDownLatch answered) {
            this.answered = answered;
        }

        @Override
        public void received(Frame frame) {
            answered.countDown();
        }
    }
}
