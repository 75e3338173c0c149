package dev.procession.core.launch;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.procession.core.ProcessOutput;
import dev.procession.core.life.Session;
import dev.procession.core.link.Frame;
import dev.procession.core.link.FrameLink;
import dev.procession.core.link.FrameType;
import dev.procession.core.link.LinkServer;
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
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A JVM that this process has started: its process, its output, its control link and its end. The
 * result is the job of {@link ResultReceiver}, stacks are that of {@link StackRequests}, the files
 * of a dead child that of {@link ChildCleanup}.
 *
 * <p>All methods may be called by any thread and none blocks for long. When the listener of {@link
 * #onExit} is called, this process has read everything that the child sent and printed, and has
 * removed its files.
 */
public final class ChildJvm implements LiveChild {

    private static final Log LOG = Log.of(ChildJvm.class);

    private static final long OUTPUT_MILLIS = 500;

    /** How long the link of a child may be delayed, so that its start gets the processors. */
    private static final long LINK_MILLIS = 500;

    /** How long the kernel may take to end a process that was killed. */
    private static final long KILL_SECONDS = 10;

    /** The exit code of a process that SIGKILL ended. */
    private static final int KILLED = 137;

    private final Session session;
    private final LaunchOptions options;
    private final long member;
    private final Process process;
    private final ResultReceiver result;
    private final StackRequests stacks = new StackRequests();
    private final FrameLink link;
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
    private final CountDownLatch linkWanted = new CountDownLatch(1);

    /**
     * The server that the child connects to; null if it could not be opened. Written by the thread
     * that opens it, read by the thread that awaits the end, after the former has ended.
     */
    private @Nullable LinkServer server;

    private ChildJvm(
            Session session,
            LaunchOptions options,
            long member,
            Process process,
            ResultListener listener) {
        this.session = session;
        this.options = options;
        this.member = member;
        this.process = process;
        this.result = new ResultReceiver(session, options.name(), listener);
        this.link = new FrameLink(new ChildFrames(result, stacks));
    }

    /** Makes the payload for a child's entry point. */
    @FunctionalInterface
    public interface Work {

        /** Returns the payload; called once, while the child's JVM starts. */
        byte[] start() throws IOException;
    }

    /** Starts a JVM; a result that cannot be read is only logged. */
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
                        LOG.log(
                                Level.WARNING,
                                "the result of " + options.name() + " cannot be read",
                                cause);
                    }
                });
    }

    /**
     * Starts a JVM and returns when the operating system has created its process. The caller must
     * call {@link #monitor} next.
     *
     * @param onResult receives the result
     * @throws IllegalStateException if this JVM is shutting down, as in an exit hook
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
     * Starts the process before the session exists, because to make a session takes as long as a
     * JVM takes to start; null if that is not possible.
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
            process.destroyForcibly(); // its command line names the wrong session
            return null;
        }
        return begin(new ChildJvm(session, options, first.self(), process, onResult), work);
    }

    /** Writes the child's work, the only thing that the child waits for. */
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
        Process process = start(builder);
        try {
            process.getOutputStream().close();
            return process;
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static Process start(ProcessBuilder builder) throws IOException {
        try {
            return builder.start();
        } catch (OutOfMemoryError e) {
            // The JDK creates the process first, then the thread that waits for it.
            killByCommand(builder.command());
            throw new IOException(
                    "no thread can be created to wait for a process, so it was killed: " + e, e);
        }
    }

    /** Kills the process of this command, for which there is no {@link Process}. */
    private static void killByCommand(List<String> command) {
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
            return ""; // the process has ended
        }
    }

    /**
     * Starts the threads that read the child's output and wait for its end. To be called once,
     * after the start; separate from it, so that the caller can first do what the child waits for.
     *
     * @param listener hears of the death and of what the child prints
     * @throws UncheckedIOException if a thread cannot be created; the child is dead then, and its
     *     end was reported
     */
    public void monitor(ChildListener listener) {
        OutputTail tail = new OutputTail();
        try {
            LiveChildren.add(this, session);
            Thread out = pump(process.getInputStream(), ProcessOutput.Stream.OUT, tail, listener);
            Thread err = pump(process.getErrorStream(), ProcessOutput.Stream.ERR, tail, listener);
            // No lambdas: each one takes a millisecond of a cold start.
            Thread listening =
                    ChildThread.start(
                            name() + "-link",
                            new Runnable() {
                                @Override
                                public void run() {
                                    listen(tail);
                                }
                            });
            // Process.onExit() reports on the common pool, whose threads users may block for good.
            Thread unused =
                    ChildThread.start(
                            name() + "-exit",
                            new Runnable() {
                                @Override
                                public void run() {
                                    awaitDeath(listener);
                                    awaitEnd(out, err, listening, tail);
                                }
                            });
        } catch (Throwable e) { // an OutOfMemoryError: no thread can be created
            kill();
            boolean unused = awaitKilled();
            ended(tail);
            throw new UncheckedIOException(
                    "cannot monitor a child process, so it was killed: name="
                            + name()
                            + ", pid="
                            + pid(),
                    new IOException(e.toString(), e));
        }
        StartupArchive.trainLater(options);
    }

    private void awaitDeath(ChildListener listener) {
        boolean dead = false;
        while (!dead) {
            try {
                process.waitFor();
                dead = true;
            } catch (InterruptedException e) {
                // Only code that interrupts every thread of the JVM does this; wait again.
            }
        }
        try {
            listener.died();
        } catch (Throwable e) { // no memory, say; the end is reported all the same
            LOG.report(Level.WARNING, "a listener to a child's death threw: name=" + name(), e);
        }
    }

    private void awaitEnd(Thread out, Thread err, Thread listening, OutputTail tail) {
        // A process that the child started may hold the output open; the rest is not read.
        Uninterruptibles.joinUninterruptibly(out, OUTPUT_MILLIS, TimeUnit.MILLISECONDS);
        Uninterruptibles.joinUninterruptibly(err, OUTPUT_MILLIS, TimeUnit.MILLISECONDS);
        link();
        Uninterruptibles.joinUninterruptibly(listening);
        try {
            awaitLastFrames();
        } catch (Throwable e) { // no memory, say; the end must be reported all the same
            LOG.report(Level.WARNING, "the last frames of a child are lost: name=" + name(), e);
        } finally {
            ended(tail);
        }
    }

    /** Blocks until this process has read all frames of the dead child, and its spilled result. */
    private void awaitLastFrames() {
        LinkServer listener = server;
        if (listener == null) {
            return;
        }
        CountDownLatch read = new CountDownLatch(1);
        listener.afterAllFrames(read::countDown);
        Uninterruptibles.awaitUninterruptibly(read);
        result.awaitSpill();
    }

    /**
     * Lets the child connect to this process now, for its result or an interrupt. Otherwise the
     * first child's connection is delayed: both sides load many classes for it, while the starting
     * child needs every processor.
     */
    public void link() {
        linkWanted.countDown();
    }

    /** Opens the link server if this is the first child; if that fails, kills the child. */
    private void listen(OutputTail tail) {
        try {
            if (!LinkServer.isListening()) {
                awaitWanted();
            }
            server = LinkServer.current();
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            if (!Session.isProcessEnding()) { // the end of this process kills every child anyway
                tail.add("procession: the parent cannot listen for this child: " + e);
                LOG.log(Level.ERROR, "this process cannot listen for its children", e);
            }
            kill();
        }
    }

    private void awaitWanted() {
        try {
            boolean unused = linkWanted.await(LINK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            // Only code that interrupts every thread of the JVM does this; connect at once.
        }
    }

    private Thread pump(
            InputStream in, ProcessOutput.Stream stream, OutputTail tail, ChildListener listener) {
        return new OutputPump(in, this, stream, options.output(), tail, listener).start();
    }

    /** Cleans up and reports the end, whatever fails before; on a thread of this child. */
    private void ended(OutputTail tail) {
        try {
            LinkServer.forget(member);
            link.close();
            ChildCleanup.run(session, member, name());
        } finally {
            LiveChildren.remove(this);
            exit.complete(status(tail));
        }
    }

    private ExitStatus status(OutputTail tail) {
        int code = process.isAlive() ? KILLED : process.exitValue();
        try {
            Path crash = CrashFile.find(process.pid(), options.directory());
            return new ExitStatus(process.pid(), code, tail.text(), crash);
        } catch (Throwable e) { // no memory for the text, say
            LOG.report(Level.WARNING, "the last output of a child is lost: name=" + name(), e);
            return new ExitStatus(process.pid(), code, "", null);
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

    @Override
    public boolean isDaemon() {
        return options.daemon();
    }

    /** True until the operating system has reported the end. */
    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public boolean awaitProcess(long nanos) {
        try {
            return process.waitFor(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Waits for the end of a killed child, also if this thread is interrupted. */
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

    /**
     * Adds a listener to the child's end. It runs on a thread of this child and must not block; if
     * the end was reported already, it runs at once, on the caller's thread.
     */
    public void onExit(Consumer<ExitStatus> listener) {
        // Not a lambda, as in monitor().
        CompletableFuture<Void> unused =
                exit.thenAccept(
                        new Consumer<>() {
                            @Override
                            public void accept(ExitStatus status) {
                                report(status, listener);
                            }
                        });
    }

    private void report(ExitStatus status, Consumer<ExitStatus> listener) {
        try {
            listener.accept(status);
        } catch (Throwable e) {
            LOG.report(Level.WARNING, "a listener to a child's end threw: name=" + name(), e);
        }
    }

    @Override
    public boolean hasEnded() {
        return exit.isDone();
    }

    /** True if the child has connected, so that an interrupt reaches it at once. */
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

    /**
     * Asks the child for the stack of the thread that does its work, and returns the future of the
     * answer, for {@link ThreadStack#decode}.
     *
     * <p>The future fails when the child or its link has ended, and is not completed as long as the
     * child is stopped, so a wait for it needs a bound. All who ask while a question is under way
     * share its future, which they must not complete. It is completed by the link server's thread,
     * so what depends on it only signals another thread.
     */
    public CompletableFuture<byte[]> requestStack() {
        link();
        return stacks.ask(link);
    }

    @Override
    public void terminate() {
        process.destroy();
    }

    @Override
    public void kill() {
        process.destroyForcibly();
    }
}
