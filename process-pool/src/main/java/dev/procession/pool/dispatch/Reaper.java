package dev.procession.pool.dispatch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.Codec;
import dev.procession.core.WorkerCrashedException;
import dev.procession.core.launch.ExitCode;
import dev.procession.core.launch.ExitStatus;
import dev.procession.core.transfer.FailureCodec;
import dev.procession.pool.WorkerState;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Deals with workers that have died; for the dispatcher's thread alone.
 *
 * <p>What the dead worker has sent is read first, so that a task whose result was committed has its
 * result. The task that the worker was running fails or is repeated, tasks that were only sent
 * ahead go back to the queue, and the slot is free for a replacement: all under the lock of {@link
 * PoolState}. A death stays in the queue until all that is done; if a pass fails before, because
 * memory is short, the next one repeats it.
 */
final class Reaper {

    private static final long UNKNOWN = -2;
    private static final long COUNT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PoolOptions options;
    private final PoolState state;
    private final LaneListener lanes;
    private final Queue<Death> deaths;
    private final PoolCounters counters;
    private final ResultReader reader;
    private final Completer completer;
    private final DecisionExecutor executor;

    /** How many processes the kernel had killed because memory ran out. */
    private long outOfMemoryKills = UNKNOWN;

    private long countedAt;

    Reaper(
            PoolOptions options,
            PoolState state,
            LaneListener lanes,
            Queue<Death> deaths,
            PoolCounters counters,
            ResultReader reader,
            Completer completer,
            DecisionExecutor executor) {
        this.options = options;
        this.state = state;
        this.lanes = lanes;
        this.deaths = deaths;
        this.counters = counters;
        this.reader = reader;
        this.completer = completer;
        this.executor = executor;
    }

    /**
     * Reads the kernel's count of kills each second, so that a kill by it is told from an older
     * one.
     */
    void refreshKillCount(long now) {
        if (outOfMemoryKills == UNKNOWN || now - countedAt >= COUNT_NANOS) {
            outOfMemoryKills = OutOfMemoryKills.count();
            countedAt = now;
        }
    }

    /** Deals with workers that have died; false when there were none. */
    boolean reapAll() {
        Death death;
        boolean any = false;
        while ((death = deaths.peek()) != null) {
            any = true;
            if (death.run().isProcess(death.status().pid())) {
                reap(death);
            } // else an earlier pass failed after it had reaped this one
            deaths.remove();
        }
        return any;
    }

    private void reap(Death death) {
        WorkerRun run = death.run();
        ExitStatus status = death.status();
        reader.readRest(run);
        Crash crash = crash(run, status);
        Decisions decisions = new Decisions();
        boolean expected;
        Supplier<String> loss;
        LeftoverProcesses leftovers = new LeftoverProcesses(run.mark());
        state.lock.lock();
        try {
            Task victim = run.begunTask();
            List<Task> begun = run.begunTasks();
            List<Task> unbegun = run.unbegunTasks();
            decisions.reserve(begun.size() + unbegun.size());
            expected = run.state() == WorkerState.DRAINING;
            boolean cameUp = run.wasReady();
            byte[] initializerFailure = run.initializerFailure();
            loss =
                    () ->
                            cameUp
                                    ? line(crash, victim, decisions)
                                    : loss(crash, initializerFailure).getMessage()
                                            + death.cause()
                                                    .map(e -> ", because of " + e)
                                                    .orElse("");
            lanes.remove(run);
            run.abandon();
            waitAgain(unbegun, decisions);
            for (Task task : begun) {
                failOrRepeat(task, run.index(), crash, decisions);
            }
            StartFailure failure = startFailure(death, crash, expected);
            state.scheduler().drop(run); // if something fails before, this is done once more
            state.started.signalAll();
            if (failure != null) {
                state.scheduler().countStartFailure(failure.kind(), failure.cause(), decisions);
            }
        } finally {
            state.lock.unlock();
            executor.carryOut(decisions); // also what was decided before something failed
        }
        noteEnd(run, status);
        if (status.code() != ExitCode.DONE.code()) {
            counters.workerLost();
            boolean quiet = expected && crash.stackAtKill() == null;
            completer.run(new DeathReport(options.log(), loss, quiet, leftovers));
        }
    }

    private static void noteEnd(WorkerRun run, ExitStatus status) {
        if (PoolEvents.areOn()) {
            new PoolEvents.WorkerEndEvent(
                            run.name(),
                            status.pid(),
                            run.endReason().label(),
                            status.code(),
                            run.tasksDone(),
                            run.ageNanos())
                    .commit();
        }
    }

    /**
     * A start that has failed.
     *
     * @param kind what the policy of starts makes of it
     * @param cause makes the exception that says why
     */
    private record StartFailure(StartPolicy.Failure kind, Supplier<? extends Throwable> cause) {}

    /** Says how the start of a worker failed; null if the worker had come up, or had to end. */
    @GuardedBy("state.lock")
    private @Nullable StartFailure startFailure(Death death, Crash crash, boolean expected) {
        WorkerRun run = death.run();
        if (death.cause().isPresent()) {
            return new StartFailure(StartPolicy.Failure.SHORTAGE, death.cause()::get);
        }
        if (run.wasReady() || (expected && !run.isUnreadable())) {
            return null;
        }
        byte[] failure = run.initializerFailure();
        boolean byOthers = ExitCode.signal(death.status().code()) != 0 && !run.isUnreadable();
        return new StartFailure(
                byOthers ? StartPolicy.Failure.KILLED : StartPolicy.Failure.REFUSAL,
                failure == null ? crash::asItStarted : () -> decode(failure));
    }

    /** Describes the loss of a worker that had come up, for the log. */
    private static String line(Crash crash, @Nullable Task victim, Decisions decisions) {
        boolean reported = decisions.endings().stream().anyMatch(ending -> ending.task() == victim);
        return crash.line(victim == null ? "no task" : victim.description(), reported);
    }

    /** Describes a start that has failed, for the log. */
    private static WorkerCrashedException loss(Crash crash, byte @Nullable [] initializerFailure) {
        return initializerFailure == null
                ? crash.asItStarted()
                : crash.asItStarted(decode(initializerFailure));
    }

    /**
     * Recognises a kill by the out-of-memory killer of the kernel: its count of such kills has
     * grown.
     */
    private Crash crash(WorkerRun run, ExitStatus status) {
        boolean byKernel = false;
        if (ExitCode.signal(status.code()) == Crash.KILL && !run.wasKilled()) {
            long before = outOfMemoryKills;
            outOfMemoryKills = OutOfMemoryKills.count();
            byKernel = before >= 0 && outOfMemoryKills > before;
        }
        return new Crash(run.name(), status, byKernel, run.stackAtKill());
    }

    private static Throwable decode(byte[] failure) {
        return FailureCodec.decode(ByteBuffer.wrap(failure), Codec.standard());
    }

    /** Puts back what was only sent ahead to a worker that died. */
    @GuardedBy("state.lock")
    private void waitAgain(List<Task> unbegun, Decisions decisions) {
        try {
            state.scheduler().addFirst(unbegun);
        } catch (OutOfMemoryError e) { // nothing else holds these tasks any more
            for (Task task : unbegun) {
                state.scheduler().remove(task);
                decisions.ended(
                        task,
                        new Settlement.Failed(() -> e, Settlement.Failed.NO_WORKER),
                        TaskEnd.FAILED);
            }
        }
    }

    /** Deals with a task whose worker died after it had begun it and before its outcome came. */
    @GuardedBy("state.lock")
    private void failOrRepeat(Task victim, int worker, Crash crash, Decisions decisions) {
        try {
            if (victim.isOver()) {
                // Cancelled, or out of time: that is why its worker was killed.
                state.removeFromPool(victim);
            } else if (!state.areRetriesDisabled()
                    && victim.crashed(crash.during(victim.description()))) {
                counters.retried();
                state.scheduler().repeat(victim);
            } else {
                List<WorkerCrashedException> before = victim.crashes();
                Settlement settlement =
                        new Settlement.Failed(() -> crash.last(victim, before), worker);
                decisions.ended(victim, settlement, TaskEnd.CRASHED);
            }
        } catch (OutOfMemoryError e) { // nothing else holds this task any more
            decisions.ended(victim, new Settlement.Failed(() -> e, worker), TaskEnd.FAILED);
        }
    }
}
