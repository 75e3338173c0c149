package dev.procession.pool.dispatch;

import dev.procession.core.lane.LaneEnd;
import dev.procession.core.lane.Payload;
import dev.procession.core.link.ProtocolException;
import dev.procession.pool.protocol.LaneMessage;
import java.io.IOException;

/**
 * Reads what workers send, and settles their tasks. Who waits reads: a thread that waits for a task
 * reads the task's worker, if no other thread does, and the pool's own thread reads what is left.
 *
 * <p>A task is settled before its outcome is consumed, and settling it twice is harmless, so a
 * reader that fails in the middle loses nothing: it gives the {@link ReaderRole} back, and the next
 * reader goes on. Futures are not completed here: their values are decoded by other threads, for
 * that is the user's code.
 *
 * <p>What a worker sends is not trusted: a message that makes no sense ends that worker and nothing
 * else.
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
    private final FutureDelivery delivery;

    ResultReader(
            PoolOptions options,
            PoolState state,
            LaneListener lanes,
            PoolCounters counters,
            DecisionExecutor executor,
            FutureDelivery delivery) {
        this.options = options;
        this.state = state;
        this.lanes = lanes;
        this.counters = counters;
        this.executor = executor;
        this.delivery = delivery;
    }

    /** Reads a batch of each worker that no other thread reads; false if there was nothing. */
    boolean readAll() {
        boolean any = false;
        for (WorkerRun run : lanes.runs()) {
            ReaderRole role = run.reader();
            if ((role.hasSettled() || run.isReadable()) && role.tryTake()) {
                try {
                    any |= readBatch(run);
                } finally {
                    role.taken = ReaderRole.FREE;
                }
            }
        }
        return any;
    }

    /**
     * Reads the worker of a task until the task is settled, for the thread that waits for it.
     * Returns when another thread reads, or nothing has come for a moment.
     */
    void readFor(TaskPromise promise, WorkerRun run) {
        ReaderRole role = run.reader();
        if (!role.tryTake()) {
            return;
        }
        try {
            lanes.quiet(run);
            while (!promise.isSettled() && role.spin().spin(run::isReadable)) {
                boolean unused = readBatch(run);
            }
            lanes.announce(run);
        } finally {
            role.taken = ReaderRole.FREE;
        }
        // After the role is free: what came since then was left by the pool's thread.
        if (run.isReadable() || needsPoolThread(run)) {
            lanes.wake();
        }
    }

    /** Whether something is due that this thread leaves to the pool's own. */
    private boolean needsPoolThread(WorkerRun run) {
        return run.isLinkDue()
                || lanes.checksLaterThan(Math.min(run.headCheckNanos(), state.watchNanos()))
                || (run.load() == 0
                        && (state.isShutdown() || run.isExhausted() || lanes.hasTasksAhead()));
    }

    /** Reads all that a dead worker has sent, and settles its tasks; nobody reads it afterwards. */
    void readRest(WorkerRun dead) {
        ReaderRole role = dead.reader();
        role.takeLast();
        boolean over = false;
        try {
            while (readBatch(dead)) {
                // Until nothing is left.
            }
            over = true;
        } finally {
            if (over) {
                role.end();
            } else {
                role.taken = ReaderRole.FREE;
            }
        }
    }

    /** Reads some messages, by the thread that has the role; false if there was none. */
    private boolean readBatch(WorkerRun run) {
        boolean any = false;
        try {
            int count = 0;
            long bytes = 0;
            while (count < BATCH && bytes < BATCH_BYTES && !run.isUnreadable() && peek(run)) {
                any = true;
                count++;
                bytes += read(run);
            }
        } catch (IOException | RuntimeException | InternalError e) {
            // A worker's doing, also a file cut short; nothing of it may reach its neighbours.
            run.killForProtocolError();
            delivery.reportLater(run.name() + " is killed because of what it sent: " + e, e);
        } finally {
            finish(run);
        }
        return any;
    }

    private static boolean peek(WorkerRun run) throws IOException {
        return run.lane().peek();
    }

    /** Reads the message that is there; returns its size. */
    private long read(WorkerRun run) throws IOException {
        LaneEnd lane = run.lane();
        LaneMessage type = LaneMessage.of(lane.type());
        switch (type) {
            case RETURNED, RETURNED_BYTES, THREW -> {
                return readOutcome(run, lane, type);
            }
            case READY -> {
                comeUp(run);
                lane.release();
                lanes.wake(); // more may be sent to the worker now
            }
            case INITIALIZER_FAILED -> {
                keepInitializerFailure(run, lane.readPayload());
                lane.release();
            }
            default -> throw new ProtocolException("unexpected from a worker: " + type);
        }
        return 0;
    }

    private void comeUp(WorkerRun run) {
        state.lock.lock();
        try {
            state.scheduler().starting().cameUp();
        } finally {
            state.lock.unlock();
        }
        run.ready();
    }

    private static void keepInitializerFailure(WorkerRun run, Payload failure) throws IOException {
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

    /** Settles a task, and only then consumes its outcome. */
    private long readOutcome(WorkerRun run, LaneEnd lane, LaneMessage type) throws IOException {
        ReaderRole role = run.reader();
        int size = lane.payloadBytes();
        if (lane.number() != role.unconsumed) { // else it was settled by a reader that failed then
            settle(run, lane, type, LaneMessage.nanos(lane.type()));
        }
        try {
            lane.release();
        } catch (IOException e) {
            // It is consumed nevertheless; its file is removed with the lane.
        }
        role.unconsumed = ReaderRole.NONE;
        return size;
    }

    /** Allocates first, then changes what cannot fail, and counts last. */
    private void settle(WorkerRun run, LaneEnd lane, LaneMessage type, long runNanos)
            throws IOException {
        ReaderRole role = run.reader();
        Task task = run.outcome(role.settledCount, lane.number());
        Payload payload = lane.readPayload();
        boolean wanted = !task.isOver();
        boolean undecided = wanted && type == LaneMessage.THREW && task.mayRepeat();
        Settlement settlement = settlement(run, task, type, payload, undecided);
        boolean isFirst = undecided || (task.settle() && wanted);
        role.settled().add(task, isFirst ? settlement : null);
        role.unconsumed = lane.number();
        role.settledCount++;
        run.ran(runNanos);
        if (undecided) {
            return;
        }
        if (isFirst) {
            note(run, task, type != LaneMessage.THREW, runNanos);
        } else {
            payload.discard(); // cancelled, or out of time
        }
    }

    private void note(WorkerRun run, Task task, boolean returned, long runNanos) {
        long waitNanos = System.nanoTime() - task.submitted() - runNanos;
        TaskEnd end = returned ? TaskEnd.RETURNED : TaskEnd.THREW;
        task.ran(end, run.index(), runNanos, waitNanos);
        counters.ended(end);
        counters.ran(runNanos, waitNanos);
    }

    private Settlement settlement(
            WorkerRun run, Task task, LaneMessage type, Payload payload, boolean undecided) {
        return switch (type) {
            case RETURNED_BYTES -> new Settlement.Value(payload, run.index());
            case RETURNED -> new Settlement.Sent(true, payload, options.codec(), run.index(), "");
            default -> {
                Settlement.Sent thrown =
                        new Settlement.Sent(
                                false, payload, options.codec(), run.index(), run.origin(task));
                yield undecided ? new Settlement.Undecided(thrown) : thrown;
            }
        };
    }

    /** The worker gets more tasks first; then the futures get what was read. */
    private void finish(WorkerRun run) {
        ReaderRole role = run.reader();
        Task last = role.settled().last();
        if (last == null) {
            return;
        }
        run.finishThrough(last, System.nanoTime());
        role.settledCount = 0;
        try {
            if (state.hasWaiting()) {
                sendMore();
            }
        } finally {
            complete(role.settled());
        }
    }

    private void sendMore() {
        if (!lanes.isReader(Thread.currentThread())) {
            StackRoom.require();
        }
        Decisions decisions = new Decisions();
        state.lock.lock();
        try {
            state.scheduler().assign(decisions);
        } finally {
            state.lock.unlock();
            executor.carryOut(decisions); // also what was decided before something failed
        }
    }

    /** Lets the futures have their settlements, all of them, whatever fails. */
    private void complete(SettledTasks settled) {
        Task task;
        while ((task = settled.first()) != null) {
            Settlement settlement = task.settlement;
            if (settlement instanceof Settlement.Undecided undecided) {
                decideRepetition(task, undecided.thrown()); // if this fails, the next reader does
                settled.removeFirst();
                continue;
            }
            try {
                state.removeFromPool(task);
            } finally {
                if (settlement != null) {
                    delivery.deliver(task, settlement);
                }
                settled.removeFirst();
            }
        }
    }

    /** The task has thrown, and may run again; which of the two is decided by another thread. */
    private void decideRepetition(Task task, Settlement.Sent thrown) {
        if (task.isOver()) { // cancelled, or out of time, since it was read
            state.removeFromPool(task);
            thrown.discard();
            return;
        }
        if (!lanes.isReader(Thread.currentThread())) {
            StackRoom.require();
        }
        Repetition decision = new Repetition(state, lanes, counters, delivery, task, thrown);
        state.lock.lock();
        try {
            state.scheduler().paused().addUndecided(task);
        } finally {
            state.lock.unlock();
        }
        delivery.run(decision);
    }
}
