package dev.procession.manager.client;

import dev.procession.manager.proto.DictRequest;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.WatchEnd;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The request stream of the asynchronous calls. Many are under way at once, and share their trips.
 *
 * <p><b>Who writes</b> ({@link PipelineWriter}). The caller itself, if nothing is under way.
 * Otherwise its request waits for the first of: an answer, a thread that waits for one, many
 * requests. One write then sends all.
 *
 * <p><b>Who reads</b> ({@link PipelineReader}). A thread that waits for a {@link Reply} reads
 * answers itself for a short while ({@link PipelineHelp}); then it sleeps. A daemon thread ({@link
 * PipelineThread}) does everything else. It rests while others read ({@link ReaderTurns}).
 *
 * <p>Futures are completed without any lock, one after the other, by the thread that reads ({@link
 * Deliveries}); the actions that depend on them run there. An action that waits for another of this
 * pipeline's futures goes on reading meanwhile, on the daemon thread too.
 *
 * <p>When the connection breaks, everything that has no answer yet is sent again in order; the
 * server does nothing twice. At most {@link #WINDOW} calls are under way; a further one waits.
 * {@link PipelineState} tells who writes which field.
 */
public final class Pipeline {

    /** Calls under way at most. */
    public static final int WINDOW = 4096;

    private final PendingCalls calls = new PendingCalls(WINDOW);
    private final Watches watches = new Watches();
    private final PipelineState state = new PipelineState(this::run);
    private final PipelineWriter writer;
    private final PipelineThread worker;
    private final AnswerHelp help;

    Pipeline(ServerAccess access, long stream) {
        ReaderTurns turns = new ReaderTurns(state);
        Deliveries deliveries = new Deliveries(state, turns);
        this.writer = new PipelineWriter(state, calls, deliveries);
        PipelineReader reader = new PipelineReader(state, calls, watches, deliveries, writer);
        this.worker =
                new PipelineThread(
                        access, stream, state, calls, watches, deliveries, turns, writer, reader);
        this.help = new PipelineHelp(state, deliveries, turns, writer, reader, worker);
        state.startThread();
    }

    private void run() {
        worker.run();
    }

    <T> CompletableFuture<T> submit(Request.Builder request, Function<Response, T> decoder) {
        awaitRoom();
        Reply<T> reply = new Reply<>(help, decoder);
        boolean sendNow = add(request, reply);
        if (state.connection() == null) {
            state.wake(); // the thread, to connect
        } else if (sendNow) {
            writer.send();
        }
        return reply;
    }

    private boolean add(Request.Builder request, Reply<?> reply) {
        try {
            return calls.add(request, reply);
        } catch (Throwable e) { // for example no memory; the unsent calls may have lost one
            NonBlockingConnection current = state.connection();
            if (current != null) {
                state.broken(current); // then all is sent again
            }
            throw e;
        }
    }

    private void awaitRoom() {
        boolean interrupted = false;
        while (calls.isFull() && !state.isThread()) {
            writer.send();
            try {
                calls.awaitRoom();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    long watch(Request.Builder request, ChangeListener listener) {
        long watch = watches.add(request, listener);
        try {
            Response unused = CallFutures.await(submit(request, Function.identity()));
        } catch (RuntimeException e) {
            Request.Builder unused = watches.remove(watch);
            throw e;
        }
        return watch;
    }

    void unwatch(long watch) {
        Request.Builder request = watches.remove(watch);
        if (request != null) {
            Response unused =
                    CallFutures.await(
                            submit(
                                    request.setDict(
                                            DictRequest.newBuilder()
                                                    .setWatchEnd(
                                                            WatchEnd.newBuilder().setWatch(watch))),
                                    Function.identity()));
        }
    }

    /** Breaks the connection, as a fault would. */
    void drop() {
        NonBlockingConnection current = state.connection();
        if (current != null) {
            state.broken(current);
        }
    }

    void close() {
        state.close();
        calls.close(new IllegalStateException("the manager is closed"));
        calls.failAll(new IllegalStateException("the manager was closed"));
        drop();
        state.wake();
        watches.close();
    }
}
