package dev.procession.manager.client;

import dev.procession.core.log.Log;
import dev.procession.core.time.Timeout;
import dev.procession.manager.ManagerException;
import dev.procession.manager.ManagerUnavailableException;
import dev.procession.manager.client.PendingCalls.Call;
import dev.procession.manager.proto.Request;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.Selector;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The body of a pipeline's thread: it connects, sleeps in a selector, reads when no caller does,
 * and writes the rest of requests that the connection did not take at once.
 */
final class PipelineThread {

    private static final Log LOG = Log.of(PipelineThread.class);

    /** How soon a server is found that is started again, while something is watched. */
    private static final long RECONNECT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ServerAccess access;
    private final long stream;
    private final PipelineState state;
    private final PendingCalls calls;
    private final Watches watches;
    private final Deliveries deliveries;
    private final ReaderTurns turns;
    private final PipelineWriter writer;
    private final PipelineReader reader;
    private final BooleanSupplier idle = this::isIdle;
    private long lastIncarnation;

    PipelineThread(
            ServerAccess access,
            long stream,
            PipelineState state,
            PendingCalls calls,
            Watches watches,
            Deliveries deliveries,
            ReaderTurns turns,
            PipelineWriter writer,
            PipelineReader reader) {
        this.access = access;
        this.stream = stream;
        this.state = state;
        this.calls = calls;
        this.watches = watches;
        this.deliveries = deliveries;
        this.turns = turns;
        this.writer = writer;
        this.reader = reader;
    }

    /** Serves the pipeline until it is closed. */
    void run() {
        try (Selector opened = Selector.open()) {
            state.setSelector(opened);
            while (state.awaitWork(idle, null)) {
                step(opened);
            }
        } catch (IOException e) {
            giveUp(e);
        } finally {
            state.setSelector(null);
            deliveries.deliver();
        }
    }

    /** Serves the pipeline until a future is done for which an action on this thread waits. */
    void serveUntil(CompletableFuture<?> wanted, Timeout limit) {
        CompletableFuture<?> end = wanted;
        if (limit.isLimited()) {
            CompletableFuture<Object> over = new CompletableFuture<>();
            end =
                    CompletableFuture.anyOf(
                            wanted,
                            over.completeOnTimeout(
                                    over, limit.remainingNanos(), TimeUnit.NANOSECONDS));
        }
        CompletableFuture<?> unused = end.whenComplete((value, failure) -> state.wake());
        Selector current = state.selector();
        while (current != null && state.awaitWork(idle, end) && !end.isDone()) {
            step(current);
        }
    }

    private boolean isIdle() {
        return state.connection() == null
                && calls.isEmpty()
                && watches.isEmpty()
                && deliveries.isEmpty();
    }

    private void giveUp(IOException cause) {
        ManagerException reason =
                new ManagerException("asynchronous calls cannot be made here", cause);
        state.close();
        calls.close(reason);
        calls.failAll(reason);
    }

    private void step(Selector waiter) {
        boolean unused = Thread.interrupted(); // a user's code may interrupt all threads
        deliveries.deliver();
        try {
            NonBlockingConnection current = state.connection();
            if (current == null || !current.isOpen()) {
                connect(current, waiter);
            } else {
                serve(current, waiter);
            }
        } catch (IOException e) {
            giveUp(e);
        } catch (ManagerUnavailableException | ManagerException | IllegalStateException e) {
            failCalls(e);
        } catch (Throwable e) { // the thread goes on: others' calls need it
            LOG.report(
                    Level.WARNING,
                    "the thread of the asynchronous calls failed; their connection is made again",
                    e);
            NonBlockingConnection current = state.connection();
            if (current != null) {
                current.close();
            }
            failCalls(new ManagerException("asynchronous calls failed in this process", e));
        }
    }

    private void serve(NonBlockingConnection current, Selector waiter) throws IOException {
        if (turns.callersRead() && !writer.isStuck()) {
            turns.rest();
            return;
        }
        current.awaitAlsoRoom(writer.isStuck());
        int unused = waiter.select(selected -> {});
        if (writer.isStuck()) {
            writer.sendRest(current);
        }
        boolean read = reader.poll(current);
        if (!read) {
            writer.send();
        }
    }

    private void connect(@Nullable NonBlockingConnection before, Selector waiter)
            throws IOException {
        state.setConnection(null);
        if (before != null) {
            before.close();
            before.awaitWriter();
            int unused = waiter.selectNow(); // it removes the closed channel
        }
        if (calls.isEmpty() && watches.isEmpty()) {
            return;
        }
        NonBlockingConnection made;
        try {
            made = new NonBlockingConnection(access.dial(stream, Timeout.NEVER), waiter);
        } catch (IOException e) {
            return; // it broke at once, or this thread was interrupted: it is tried again
        }
        begin(made);
    }

    /**
     * Begins with a new connection: the calls without an answer are sent again to the same server;
     * those that were sent to another server fail.
     */
    private void begin(NonBlockingConnection made) {
        boolean again = lastIncarnation != 0;
        List<Call> lost = List.of();
        if (again && lastIncarnation != made.incarnation()) {
            lost = calls.takeSent();
            for (Request.Builder request : watches.requests()) {
                boolean unused =
                        calls.add(request, new Reply<>(AnswerHelp.NONE, Function.identity()));
            }
        }
        lastIncarnation = made.incarnation();
        calls.sendAgain();
        writer.begin();
        state.setConnection(made);
        PendingCalls.fail(
                lost,
                new ManagerUnavailableException(
                        "the manager's server died during the call",
                        access.address().directory(),
                        null));
        if (again) {
            watches.missed();
        }
        if (state.isClosed()) {
            made.close();
        } else {
            writer.send();
        }
    }

    private void failCalls(RuntimeException reason) {
        calls.failAll(reason);
        if (!watches.isEmpty()) {
            state.pause(calls::isEmpty, RECONNECT_NANOS);
        }
    }
}
