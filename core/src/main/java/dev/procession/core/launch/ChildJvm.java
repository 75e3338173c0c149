package dev.procession.core.launch;

import dev.procession.core.ProcessOutput;
import dev.procession.core.life.Session;
import dev.procession.core.memory.QueueSweep;
import dev.procession.core.wire.ControlLink;
import dev.procession.core.wire.Frame;
import dev.procession.core.wire.FrameType;
import dev.procession.core.wire.Hub;
import dev.procession.core.wire.LaneSweep;
import dev.procession.core.wire.Parcels;
import dev.procession.core.wire.ProtocolException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A JVM that this process has started: its process, its output, its control link and its end.
 *
 * <p>All methods may be called by any thread and none blocks for long. When the listener of {@link
 * #onExit} hears of the end, everything that the child sent and printed has been read, and its
 * files are gone.
 */
public final class ChildJvm {

    private static final long OUTPUT_MILLIS = 500;
    private static final int STACK_BYTES = 1 << 18;

    private final Session session;
    private final LaunchOptions options;
    private final long member;
    private final Process process;
    private final ControlLink link;
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();

    private ChildJvm(
            Session session,
            LaunchOptions options,
            long member,
            Process process,
            ControlLink link) {
        this.session = session;
        this.options = options;
        this.member = member;
        this.process = process;
        this.link = link;
    }

    /**
     * Starts a JVM and returns when the operating system has. It waits for {@link #begin}.
     *
     * @param onResult hears the result's bytes, at most once, before the end is reported
     */
    public static ChildJvm start(
            LaunchOptions options,
            Class<? extends EntryPoint> entryPoint,
            Consumer<byte[]> onResult)
            throws IOException {
        Session session = Session.current();
        long member = session.newMember();
        ControlLink link = new ControlLink(new Hearing(session, onResult));
        Hub.expect(member, link);
        try {
            // The process first: this JVM's part, which is long when it is cold, runs beside its.
            Process process =
                    fork(JavaCommand.write(session, member, options, entryPoint), options);
            return watched(new ChildJvm(session, options, member, process, link));
        } catch (IOException | RuntimeException e) {
            Hub.forget(member);
            link.close();
            session.forget(member);
            throw e;
        }
    }

    private static ChildJvm watched(ChildJvm child) throws IOException {
        try {
            Hub hub = Hub.current();
            LiveChildren.add(child);
            child.watch(hub);
            StartupArchive.trainLater(child.options);
            return child;
        } catch (IOException | RuntimeException e) {
            child.kill();
            throw e;
        }
    }

    /** Sends the child its work; to be called once. */
    public void begin(byte[] payload) throws IOException {
        if (payload.length <= FrameType.START.maxBytes()) {
            link.send(new Frame(FrameType.START, payload));
        } else {
            byte[] parcel = Parcels.write(session, payload);
            onExit(status -> discard(parcel));
            link.send(new Frame(FrameType.START_PARCEL, parcel));
        }
    }

    private void discard(byte[] parcel) {
        try {
            Parcels.discard(session, parcel);
        } catch (IOException e) {
            log().log(Level.WARNING, "could not remove what a child was sent", e);
        }
    }

    private static System.Logger log() {
        return System.getLogger(ChildJvm.class.getName());
    }

    private static Process fork(List<String> command, LaunchOptions options) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        if (options.directory() != null) {
            builder.directory(options.directory().toFile());
        }
        Map<String, String> environment = builder.environment();
        environment.putAll(options.environment());
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    private void watch(Hub hub) {
        OutputTail tail = new OutputTail();
        Thread out = pump(process.getInputStream(), ProcessOutput.Stream.OUT, tail);
        Thread err = pump(process.getErrorStream(), ProcessOutput.Stream.ERR, tail);
        // Process.onExit() reports on the common pool, whose threads users may block for good.
        Thread thread =
                new Thread(
                        null, () -> awaitEnd(hub, out, err, tail), name() + "-exit", STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
    }

    private void awaitEnd(Hub hub, Thread out, Thread err, OutputTail tail) {
        while (true) {
            try {
                process.waitFor();
                // A process of the child's may hold its output open: then what was read has to do.
                out.join(OUTPUT_MILLIS);
                err.join(OUTPUT_MILLIS);
                break;
            } catch (InterruptedException e) {
                // Somebody's code interrupts all threads it finds; this one has one thing to do.
            }
        }
        hub.afterLastWords(() -> ended(tail));
    }

    private Thread pump(InputStream in, ProcessOutput.Stream stream, OutputTail tail) {
        return new OutputPump(in, options.name(), stream, options.output(), tail).start();
    }

    private void ended(OutputTail tail) {
        Hub.forget(member);
        link.close();
        session.forget(member);
        LaneSweep.afterDeathOf(session, member);
        QueueSweep.afterDeathOf(session.home(), member, session.self(), session::isDead);
        QueueSweep.afterDeathOf(session.spare(), member, session.self(), session::isDead);
        LiveChildren.remove(this);
        int code = process.exitValue();
        exit.complete(
                new ExitStatus(
                        process.pid(),
                        code,
                        tail.text(),
                        CrashFile.find(process.pid(), options.directory())));
    }

    /** Hears the child on the hub's thread. */
    private static final class Hearing implements ControlLink.Listener {
        private final Session session;
        private final Consumer<byte[]> onResult;

        Hearing(Session session, Consumer<byte[]> onResult) {
            this.session = session;
            this.onResult = onResult;
        }

        @Override
        public void received(Frame frame) throws IOException {
            switch (frame.type()) {
                case RESULT -> onResult.accept(frame.payload());
                case RESULT_PARCEL -> {
                    byte[] result = Parcels.read(session, frame.payload());
                    Parcels.discard(session, frame.payload());
                    onResult.accept(result);
                }
                default -> throw new ProtocolException("unexpected from a child: " + frame.type());
            }
        }
    }

    /** The child's process id. */
    public long pid() {
        return process.pid();
    }

    /** The child's name. */
    public String name() {
        return options.name();
    }

    /** True if this process may end while the child runs. */
    public boolean isDaemon() {
        return options.daemon();
    }

    /** True until the operating system has reported the end. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for the operating system's report of the end; false when it did not come in time. */
    boolean awaitProcess(long nanos) {
        try {
            return process.waitFor(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Hears how the child ended, on the hub's thread, which it must not block. */
    public void onExit(Consumer<ExitStatus> listener) {
        CompletableFuture<Void> unused = exit.thenAccept(listener);
    }

    /** True when the end was reported. */
    boolean hasEnded() {
        return exit.isDone();
    }

    /** Asks the child to interrupt the work with this id. */
    public void interrupt(long id) {
        link.send(
                new Frame(
                        FrameType.INTERRUPT, ByteBuffer.allocate(Long.BYTES).putLong(id).array()));
    }

    /** Asks the JVM to end (SIGTERM): its shutdown hooks run. */
    public void terminate() {
        process.destroy();
    }

    /** Ends the process at once (SIGKILL). */
    public void kill() {
        process.destroyForcibly();
    }
}
