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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A JVM that this process has started: its process, its output, its control link and its end.
 *
 * <p>All methods may be called by any thread and none blocks for long. When the listener of {@link
 * #onExit} hears of the end, everything that the child sent and printed has been read, and its
 * files are gone.
 */
public final class ChildJvm {

    private static final long OUTPUT_MILLIS = 500;

    /** For how long a child that can do without its link has the processors for its own start. */
    private static final long LINK_MILLIS = 500;

    private static final int STACK_BYTES = 1 << 18;

    private final Session session;
    private final LaunchOptions options;
    private final long member;
    private final Process process;
    private final ControlLink link;
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
    private final CountDownLatch linkWanted = new CountDownLatch(1);

    /** Where the child connects; written by the thread that opens it, read after that one's end. */
    private @Nullable Hub hub;

    private ChildJvm(
            Session session,
            LaunchOptions options,
            long member,
            Process process,
            Consumer<byte[]> onResult) {
        this.session = session;
        this.options = options;
        this.member = member;
        this.process = process;
        this.link = new ControlLink(new Hearing(session, onResult));
    }

    /** Says what a child is to run. */
    @FunctionalInterface
    public interface Work {
        /** The bytes for the entry point; called once, when the child's JVM is coming up. */
        byte[] start() throws IOException;
    }

    /**
     * Starts a JVM and returns when the operating system has. {@link #watch} is to follow.
     *
     * @param onResult hears the result's bytes, at most once, before the end is reported
     */
    public static ChildJvm start(
            LaunchOptions options,
            Class<? extends EntryPoint> entryPoint,
            Work work,
            Consumer<byte[]> onResult)
            throws IOException {
        Session.FirstChild first = Session.planFirstChild();
        if (first != null) {
            ChildJvm child = startFirst(first, options, entryPoint, work, onResult);
            if (child != null) {
                return child;
            }
        }
        Session session = Session.current();
        long member = session.newMember();
        Process process;
        try {
            process = fork(JavaCommand.write(session, member, options, entryPoint), options);
        } catch (IOException | RuntimeException e) {
            session.forget(member);
            throw e;
        }
        return begin(new ChildJvm(session, options, member, process, onResult), work);
    }

    /**
     * Starts the process before there is a session, which takes as long to make as a JVM to come
     * up; null if that is not possible.
     */
    private static @Nullable ChildJvm startFirst(
            Session.FirstChild first,
            LaunchOptions options,
            Class<? extends EntryPoint> entryPoint,
            Work work,
            Consumer<byte[]> onResult)
            throws IOException {
        List<String> command = JavaCommand.plain(first, options, entryPoint);
        if (command == null) {
            return null;
        }
        Process process = fork(command, options);
        Session session;
        try {
            session = Session.current();
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
        if (!session.home().equals(first.home())) {
            process.destroyForcibly(); // it cannot know where the session is instead
            return null;
        }
        return begin(new ChildJvm(session, options, first.self(), process, onResult), work);
    }

    /** The work first, for the child waits for nothing else. */
    private static ChildJvm begin(ChildJvm child, Work work) throws IOException {
        Hub.expect(child.member, child.link);
        try {
            StartFile.write(child.session, child.member, work.start());
            return child;
        } catch (IOException | RuntimeException e) {
            child.kill();
            Hub.forget(child.member);
            child.session.forget(child.member);
            throw e;
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

    /**
     * Begins to hear the child's output and its end; to be called once, by whoever started it. Not
     * part of the start, so that what the child waits for can come first.
     */
    public void watch() {
        LiveChildren.add(this);
        StartupArchive.trainLater(options);
        OutputTail tail = new OutputTail();
        Thread out = pump(process.getInputStream(), ProcessOutput.Stream.OUT, tail);
        Thread err = pump(process.getErrorStream(), ProcessOutput.Stream.ERR, tail);
        Thread listening = startThread("-link", () -> listen(tail));
        // Process.onExit() reports on the common pool, whose threads users may block for good.
        Thread unused = startThread("-exit", () -> awaitEnd(out, err, listening, tail));
    }

    private Thread startThread(String suffix, Runnable work) {
        Thread thread = new Thread(null, work, name() + suffix, STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void awaitEnd(Thread out, Thread err, Thread listening, OutputTail tail) {
        while (true) {
            try {
                process.waitFor();
                // A process of the child's may hold its output open: then what was read has to do.
                out.join(OUTPUT_MILLIS);
                err.join(OUTPUT_MILLIS);
                link();
                listening.join();
                break;
            } catch (InterruptedException e) {
                // Somebody's code interrupts all threads it finds; this one has one thing to do.
            }
        }
        Hub listener = hub;
        if (listener == null) {
            ended(tail);
        } else {
            listener.afterLastWords(() -> ended(tail));
        }
    }

    /**
     * Lets the child connect to this process now, for its result or an interrupt. For the first
     * child that is put off for a moment otherwise: both sides load much for it, while the child
     * that comes up needs every processor.
     */
    public void link() {
        linkWanted.countDown();
    }

    /** Begins to listen for children, if it is the first one; the child dies if that fails. */
    private void listen(OutputTail tail) {
        try {
            if (!Hub.isListening()) {
                awaitWanted();
            }
            hub = Hub.current();
        } catch (IOException | RuntimeException e) {
            tail.add("procession: the parent cannot listen for this child: " + e);
            log().log(Level.ERROR, "this process cannot listen for its children", e);
            kill();
        }
    }

    private void awaitWanted() {
        try {
            boolean unused = linkWanted.await(LINK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            // Somebody's code interrupts all threads it finds; then at once.
        }
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

    Session session() {
        return session;
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

    /** True if the child has connected, so that it hears at once of an interrupt. */
    public boolean isLinked() {
        return link.isConnected();
    }

    /** Asks the child to interrupt the work with this id. */
    public void interrupt(long id) {
        link();
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
