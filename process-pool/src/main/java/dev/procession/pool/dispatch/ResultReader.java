package dev.procession.pool.dispatch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.lane.Payload;
import dev.procession.pool.protocol.LaneMessage;
import java.io.IOException;

/**
 * Reads what workers send and settles their tasks; for the dispatcher's thread alone.
 *
 * <p>Messages are read without a lock, a batch of all workers, and handled under the lock of {@link
 * PoolState}. What a worker sends is not trusted: a message that makes no sense ends that worker
 * and nothing else. When this process runs out of memory, the message in hand is read or handled
 * again by the next pass.
 */
final class ResultReader {

    private static final int BATCH = 256;

    /** So much of one worker is read before the others have their turn. */
    private static final int BATCH_BYTES = 4 << 20;

    /** The largest failure of an initializer that is kept. */
    private static final int MAX_INITIALIZER_FAILURE_BYTES = 1 << 20;

    private final PoolOptions options;
    private final PoolState state;
    private final LaneListener lanes;
    private final PoolCounters counters;
    private final DecisionExecutor executor;
    private final ReceiveQueue received = new ReceiveQueue();
    private final FlightRecorderStatus flightRecorder = new FlightRecorderStatus();

    ResultReader(
            PoolOptions options,
            PoolState state,
            LaneListener lanes,
            PoolCounters counters,
            DecisionExecutor executor) {
        this.options = options;
        this.state = state;
        this.lanes = lanes;
        this.counters = counters;
        this.executor = executor;
    }

    /** Reads a batch of all workers and settles its tasks; false when there was nothing to read. */
    boolean readAll() {
        boolean any;
        try {
            for (WorkerRun run : lanes.runs()) {
                readSome(run);
            }
        } finally { // also what was read before memory was short
            any = received.size() > 0;
            if (any) {
                settle();
            }
        }
        return any;
    }

    /** Reads all that a dead worker has sent, and settles its tasks. */
    void readRest(WorkerRun dead) {
        int before;
        do {
            before = received.size();
            readSome(dead);
        } while (received.size() > before);
        settle();
    }

    private void readSome(WorkerRun run) {
        try {
            int count = 0;
            long bytes = 0;
            while (count++ < BATCH && bytes < BATCH_BYTES && run.hasMessage()) {
                bytes += read(run);
            }
        } catch (OutOfMemoryError e) { // this process's own; the next pass reads it
            throw e;
        } catch (Throwable e) { // a worker's doing; nothing of it may reach its neighbours
            killForProtocolError(run, e);
        }
    }

    /** Reads a message that is there; returns its size. */
    private int read(WorkerRun run) throws IOException {
        ReceivedMessage message = new ReceivedMessage(run);
        run.receive(message);
        received.add(message);
        return message.payload().length();
    }

    private void killForProtocolError(WorkerRun run, Throwable cause) {
        state.lock.lock();
        try {
            run.killForProtocolError();
        } finally {
            state.lock.unlock();
        }
        executor.reportProtocolError(run.name(), cause);
    }

    private void settle() {
        Decisions decisions = new Decisions();
        state.lock.lock();
        try {
            handleAll(System.nanoTime(), decisions);
            // Before the futures, so that the workers have work while the results are decoded.
            state.scheduler().assign(decisions);
        } finally {
            state.lock.unlock();
            executor.carryOut(decisions); // also what was decided before something failed
        }
    }

    /** Handles what was read. What this process has no memory for is handled again. */
    @GuardedBy("state.lock")
    private void handleAll(long now, Decisions decisions) {
        ReceivedMessage message;
        while ((message = received.first()) != null) {
            try {
                handle(message, now, decisions);
                received.removeFirst();
            } catch (OutOfMemoryError e) {
                throw e;
            } catch (Throwable e) { // one worker's message; those after it make no sense either
                message.run().killForProtocolError();
                received.discardAllOf(message.run());
                decisions.killed().add(new Decisions.ProtocolError(message.run().name(), e));
            }
        }
    }

    @GuardedBy("state.lock")
    private void handle(ReceivedMessage message, long now, Decisions decisions) throws IOException {
        switch (message.type()) {
            case READY -> {
                state.scheduler().starting().cameUp();
                message.run().ready();
            }
            case INITIALIZER_FAILED -> handleInitializerFailure(message.run(), message.payload());
            case RETURNED, RETURNED_BYTES, THREW -> handleOutcome(message, now, decisions);
            default -> throw new IOException("unexpected from a worker: " + message.type());
        }
    }

    private static void handleInitializerFailure(WorkerRun run, Payload failure)
            throws IOException {
        if (failure.length() <= MAX_INITIALIZER_FAILURE_BYTES) {
            try {
                run.initializerFailed(failure.take());
            } catch (OutOfMemoryError e) {
                // Then only the exit code shows the failure.
            }
        } else {
            failure.discard(); // then only the exit code shows the failure
        }
    }

    /** Allocates first, and changes something last. */
    @GuardedBy("state.lock")
    private void handleOutcome(ReceivedMessage message, long now, Decisions decisions) {
        WorkerRun run = message.run();
        Task task = run.underWay(message.id());
        if (task == null) {
            message.payload().discard();
            return;
        }
        if (task.isOver()) {
            message.payload().discard();
            run.finish(message.id(), now);
            state.removeFromPool(task); // cancelled, or out of time
            return;
        }
        Decisions.Ending ending =
                decisions.prepare(task, settlement(message.type(), message.payload()));
        boolean returned = message.type() != LaneMessage.THREW;
        long runNanos = message.nanos();
        long waitNanos = now - task.submitted() - runNanos;
        if (flightRecorder.isOn()) {
            String what = task.description();
            new TaskEvent(options.name(), what, run.index(), returned, runNanos, waitNanos)
                    .commit();
        }
        run.finish(message.id(), now);
        decisions.ended(ending);
        counters.ended(returned, runNanos, waitNanos);
    }

    private Settlement settlement(LaneMessage type, Payload payload) {
        return type == LaneMessage.RETURNED_BYTES
                ? new Settlement.Value(payload)
                : new Settlement.Sent(type == LaneMessage.RETURNED, payload, options.codec());
    }
}
