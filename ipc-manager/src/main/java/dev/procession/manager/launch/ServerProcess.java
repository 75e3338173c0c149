package dev.procession.manager.launch;

import dev.procession.core.Codec;
import dev.procession.core.launch.ChildJvm;
import dev.procession.core.launch.ExitCode;
import dev.procession.core.launch.ExitStatus;
import dev.procession.core.launch.LaunchOptions;
import dev.procession.core.life.SessionDirectory;
import dev.procession.core.log.Log;
import dev.procession.core.time.Timeout;
import dev.procession.core.transfer.TaskOutcome;
import dev.procession.manager.server.ServerEntry;
import dev.procession.manager.stream.ServerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A server in a JVM of its own, which this process has started. */
public final class ServerProcess {

    private static final Log LOG = Log.of(ServerProcess.class);

    private static final long START_SECONDS = 60;
    private static final long END_SECONDS = 5;
    private static final long REPORT_SECONDS = 1;

    /** A server that runs out of memory in any thread ends, as its clients can handle that. */
    private static final List<String> END_WHEN_FULL = List.of("-XX:+ExitOnOutOfMemoryError");

    private final ChildJvm jvm;
    private final ServerOptions options;
    private final CompletableFuture<ExitStatus> end = new CompletableFuture<>();

    private ServerProcess(ChildJvm jvm, ServerOptions options) {
        this.jvm = jvm;
        this.options = options;
        jvm.onExit(end::complete);
    }

    /** Starts a server, and waits until it listens. */
    public static ServerProcess start(ServerOptions options, LaunchOptions given)
            throws IOException {
        CompletableFuture<byte[]> ready = new CompletableFuture<>();
        LaunchOptions launch = given.withFlagsLast(END_WHEN_FULL);
        byte[] start = Codec.standard().encode(options);
        ServerProcess server =
                new ServerProcess(
                        ChildJvm.start(launch, ServerEntry.class, () -> start, ready::complete),
                        options);
        CompletableFuture<Void> unused =
                server.end.thenAccept(
                        status ->
                                ready.completeExceptionally(
                                        new IOException(
                                                "the manager's server ended: "
                                                        + ExitCode.describe(status.code())
                                                        + ", last output: "
                                                        + status.lastOutput())));
        try {
            server.jvm.link(); // the server reports through it that it listens
            server.jvm.monitor(() -> {});
            server.awaitReady(ready);
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private void awaitReady(CompletableFuture<byte[]> ready) throws IOException {
        TaskOutcome outcome;
        try {
            outcome = TaskOutcome.of(ready.get(START_SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            throw new IOException("the manager's server cannot be started", e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("the manager's server does not get ready", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the manager's server was starting", e);
        }
        if (!outcome.isSuccess()) {
            Throwable failure = outcome.thrown(Codec.standard());
            throw new IOException(
                    "the manager's server cannot be started: " + failure.getMessage(), failure);
        }
    }

    /**
     * Waits until the operating system reports the end of the process: in an exit hook the threads
     * of this library that watch children may have ended.
     */
    private boolean awaitProcess() {
        CompletableFuture<?> gone =
                ProcessHandle.of(jvm.pid())
                        .<CompletableFuture<?>>map(ProcessHandle::onExit)
                        .orElseGet(() -> CompletableFuture.completedFuture(null));
        return await(CompletableFuture.anyOf(gone, end), END_SECONDS);
    }

    /** Waits until the end of the child was handled; in an exit hook it is not. */
    private void awaitReport() {
        boolean unused = await(end, REPORT_SECONDS);
    }

    /** Returns false if the event did not happen in time. An interrupt is kept for later. */
    private static boolean await(CompletableFuture<?> event, long seconds) {
        Timeout limit = Timeout.ofNanos(TimeUnit.SECONDS.toNanos(seconds));
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    Object unused = event.get(limit.remainingNanos(), TimeUnit.NANOSECONDS);
                    return true;
                } catch (TimeoutException e) {
                    return false;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw new AssertionError("this future has no failure", e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Ends the server, waits until its process has gone, and deletes its directory if it is the
     * server's own.
     */
    public void close() {
        jvm.terminate();
        if (!awaitProcess()) {
            jvm.kill();
            boolean unused = awaitProcess();
        }
        awaitReport();
        if (options.ownsDirectory()) {
            try {
                SessionDirectory.delete(Path.of(options.directory()));
            } catch (IOException e) {
                LOG.report(System.Logger.Level.WARNING, "could not remove a server's files", e);
            }
        }
    }
}
