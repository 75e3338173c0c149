package dev.procession.core.launch;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.procession.core.ProcessOutput;
import dev.procession.core.lane.LaneSpills;
import dev.procession.core.lane.LaneSweep;
import dev.procession.core.life.DeathSweep;
import dev.procession.core.life.Session;
import dev.procession.core.link.ControlLink;
import dev.procession.core.link.Frame;
import dev.procession.core.link.FrameType;
import dev.procession.core.link.LinkServer;
import dev.procession.core.link.ProtocolException;
import dev.procession.core.log.Log;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
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

    private static final Log LOG = Log.of(ChildJvm.class);

    private static final long OUTPUT_MILLIS = 500;

    /** For how long a child that can do without its link has the processors for its own start. */
    private static final long LINK_MILLIS = 500;

    private static final int STACK_BYTES = 1 << 18;

    /** How long the kernel may take to end a process that was killed. */
    private static final long KILL_SECONDS = 10;

    /** The exit code of a process that SIGKILL ended. */
    private static final int KILLED = 137;

    private final Session session;
    private final LaunchOptions options;
    private final long member;
    private final Process process;
    private final ResultListener onResult;
    private final ControlLink link;
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
    private final CountDownLatch linkWanted = new CountDownLatch(1);

    /** A result in a file that is being read, or is to be read when the child has ended. */
    private volatile @Nullable FutureTask<@Nullable Void> reading;

    /** Where the child connects; written by the thread that opens it, read after that one's end. */
    private @Nullable LinkServer server;

    private ChildJvm(
            Session session,
            LaunchOptions options,
            long member,
            Process process,
            ResultListener onResult) {
        this.session = session;
        this.options = options;
        this.member = member;
        this.process = process;
        this.onResult = onResult;
        this.link = new ControlLink(this::received);
    }

    /** Says what a child is to run. */
    @FunctionalInterface
    public interface Work {
        /** The bytes for the entry point; called once, when the child's JVM is coming up. */
        byte[] start() throws IOException;
    }

    /** Hears what a child gave, at most once, before its end is reported; must not block. */
    public interface ResultListener {
        /** These are the result's bytes. */
        void received(byte[] result);

        /** The child sent a result that cannot be read here, one larger than the heap, say. */
        void failed(Throwable cause);
    }

    /** The same for one that has no use for a result that cannot be read. */
    public static ChildJvm start(
            LaunchOptions options,
            Class<? extends EntryPoint> entryPoint,
            Work work,
            Consumer<byte[]> onResult)
            throws IOException {
        return start(
                options,
                entryPoint,
                work,
                new ResultListener() {
                    @Override
                    public void received(byte[] result) {
                        onResult.accept(result);
                    }

                    @Override
                    public void failed(Throwable cause) {
                        LOG.logger()
                                .log(
                                        Level.WARNING,
                                        "the result of " + options.name() + " cannot be read",
                                        cause);
                    }
                });
    }

    /**
     * Starts a JVM and returns when the operating system has. {@link #watch} is to follow.
     *
     * @param onResult hears the result
     * @throws IllegalStateException if this JVM is shutting down, in an exit hook, say
     */
    public static ChildJvm start(
            LaunchOptions options,
            Class<? extends EntryPoint> entryPoint,
            Work work,
            ResultListener onResult)
            throws IOException {
        if (Session.isProcessEnding()) {
            throw new IllegalStateException(
                    "this JVM is shutting down and starts no process any more: name="
                            + options.name()
                            + "; start it before the exit hooks run");
        }
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
        } catch (IOException | RuntimeException | Error e) {
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
            ResultListener onResult)
            throws IOException {
        List<String> command = JavaCommand.plain(first, options, entryPoint);
        if (command == null) {
            return null;
        }
        Process process = fork(command, options);
        Session session;
        try {
            session = Session.current();
        } catch (IOException | RuntimeException | Error e) {
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
        LinkServer.expect(child.member, child.link);
        try {
            StartFile.write(child.session, child.member, work.start());
            return child;
        } catch (IOException | RuntimeException | Error e) {
            child.kill();
            LinkServer.forget(child.member);
            child.session.forget(child.member);
            throw e;
        }
    }

    private static Process fork(List<String> command, LaunchOptions options) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        options.applyTo(builder);
        Process process = startWatched(builder);
        try {
            process.getOutputStream().close();
            return process;
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static Process startWatched(ProcessBuilder builder) throws IOException {
        try {
            return builder.start();
        } catch (OutOfMemoryError e) {
            // The JDK makes the thread that waits for a process after the process.
            killUnwatched(builder.command());
            throw new IOException(
                    "there is no thread to wait for a process with, so it was killed: " + e, e);
        }
    }

    /** Kills the process of this command, for which there is no {@link Process}. */
    private static void killUnwatched(List<String> command) {
        int size = command.size();
        String end = String.join("\0", command.subList(size - ChildMain.ARGUMENTS, size)) + "\0";
        ProcessHandle.current()
                .children()
                .filter(child -> commandLine(child.pid()).endsWith(end))
                .forEach(ProcessHandle::destroyForcibly);
    }

    private static String commandLine(long pid) {
        try (InputStream in = new FileInputStream("/proc/" + pid + "/cmdline")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return ""; // it has ended
        }
    }

    /**
     * Begins to hear the child's output and its end; to be called once, by whoever started it. Not
     * part of the start, so that what the child waits for can come first.
     *
     * @throws UncheckedIOException if there is no thread for it; the child is dead then, and its
     *     end was reported
     */
    public void watch() {
        OutputTail tail = new OutputTail();
        try {
            LiveChildren.add(this);
            Thread out = pump(process.getInputStream(), ProcessOutput.Stream.OUT, tail);
            Thread err = pump(process.getErrorStream(), ProcessOutput.Stream.ERR, tail);
            Thread listening = startThread("-link", () -> listen(tail));
            // Process.onExit() reports on the common pool, whose threads users may block for good.
            Thread unused = startThread("-exit", () -> awaitEnd(out, err, listening, tail));
        } catch (Throwable e) { // an OutOfMemoryError: no thread is to be had
            kill();
            boolean unused = awaitKilled();
            ended(tail);
            throw new UncheckedIOException(
                    "cannot watch a child process, so it was killed: name="
                            + name()
                            + ", pid="
                            + pid(),
                    new IOException(e.toString(), e));
        }
        clean(() -> StartupArchive.trainLater(options));
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
        try {
            awaitLastWords();
        } catch (Throwable e) { // no memory, say; others wait for the end all the same
            LOG.report(Level.WARNING, "the last words of a child are lost: name=" + name(), e);
        } finally {
            ended(tail);
        }
    }

    /**
     * Until the link server has read all that the child sent, and what it sent in a file was read
     * too.
     */
    private void awaitLastWords() {
        LinkServer listener = server;
        if (listener == null) {
            return;
        }
        CountDownLatch read = new CountDownLatch(1);
        listener.afterAllFrames(read::countDown);
        Uninterruptibles.awaitUninterruptibly(read);
        FutureTask<@Nullable Void> spill = reading;
        if (spill != null) {
            spill.run(); // nothing, unless no thread was to be had for it
            try {
                Uninterruptibles.getUninterruptibly(spill);
            } catch (ExecutionException e) {
                LOG.logger().log(Level.WARNING, "the listener to a result threw", e.getCause());
            }
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
            if (!LinkServer.isListening()) {
                awaitWanted();
            }
            server = LinkServer.current();
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            if (!Session.isProcessEnding()) { // then no child is to go on in any case
                tail.add("procession: the parent cannot listen for this child: " + e);
                LOG.logger().log(Level.ERROR, "this process cannot listen for its children", e);
            }
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

    /**
     * The end, on this child's own thread. Its files may be many and the locks of its queues taken,
     * so nobody else waits for this; and whatever fails here, the end is reported.
     */
    private void ended(OutputTail tail) {
        try {
            LinkServer.forget(member);
            link.close();
            clean(() -> LaneSweep.afterDeathOf(session, member));
            clean(() -> sweepQueues(session.home()));
            clean(() -> sweepQueues(session.spare()));
            clean(() -> session.forget(member)); // last: its membership file leads to the rest
        } finally {
            LiveChildren.remove(this);
            exit.complete(status(tail));
        }
    }

    private void sweepQueues(Path directory) {
        DeathSweep.runAll(directory, member, session.self(), session::isDead);
    }

    /** What one step leaves, a later sweep finds. */
    private void clean(Runnable step) {
        try {
            step.run();
        } catch (Throwable e) {
            LOG.report(Level.WARNING, "could not remove all that a child left: name=" + name(), e);
        }
    }

    private ExitStatus status(OutputTail tail) {
        int code = process.isAlive() ? KILLED : process.exitValue();
        try {
            Path crash = CrashFile.find(process.pid(), options.directory());
            return new ExitStatus(process.pid(), code, tail.text(), crash);
        } catch (Throwable e) { // no memory for the text, say
            LOG.report(Level.WARNING, "the last words of a child are lost: name=" + name(), e);
            return new ExitStatus(process.pid(), code, "", null);
        }
    }

    /**
     * Hears the child on the link server's thread. A result in a file may be of any size, so a
     * thread of this child reads it.
     */
    private void received(Frame frame) throws IOException {
        switch (frame.type()) {
            case RESULT -> onResult.received(frame.payload());
            case RESULT_SPILLED -> {
                if (reading != null) {
                    throw new ProtocolException("a child sent two results: name=" + name());
                }
                FutureTask<@Nullable Void> task =
                        new FutureTask<>(() -> readResult(frame.payload()), null);
                reading = task;
                try {
                    startThread("-result", task);
                } catch (OutOfMemoryError e) {
                    LOG.report(
                            Level.WARNING,
                            "a result is read when its child has ended: name=" + name(),
                            e);
                }
            }
            default -> throw new ProtocolException("unexpected from a child: " + frame.type());
        }
    }

    private void readResult(byte[] spill) {
        byte[] result;
        try {
            result = LaneSpills.read(session, spill);
        } catch (Throwable e) { // it may be larger than the heap, or have been removed
            onResult.failed(e);
            return;
        } finally {
            clean(() -> discard(spill));
        }
        onResult.received(result);
    }

    private void discard(byte[] spill) {
        try {
            LaneSpills.discard(session, spill);
        } catch (IOException e) {
            LOG.report(Level.WARNING, "the file of a result is left: name=" + name(), e);
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

    /** Like {@link #awaitProcess}, for one that was killed, and whatever interrupts this thread. */
    private boolean awaitKilled() {
        boolean interrupted = Thread.interrupted();
        try {
            return awaitProcess(TimeUnit.SECONDS.toNanos(KILL_SECONDS));
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Hears how the child ended, on a thread of this child's, which it must not block. */
    public void onExit(Consumer<ExitStatus> listener) {
        CompletableFuture<Void> unused =
                exit.thenAccept(
                        status -> {
                            try {
                                listener.accept(status);
                            } catch (Throwable e) {
                                LOG.report(
                                        Level.WARNING,
                                        "a listener to a child's end threw: name=" + name(),
                                        e);
                            }
                        });
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
