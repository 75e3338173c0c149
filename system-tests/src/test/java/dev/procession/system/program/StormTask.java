package dev.procession.system.program;

import com.google.common.base.Throwables;
import dev.procession.core.WorkerCrashedException;
import dev.procession.pool.BrokenProcessPoolException;
import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.pool.TaskFuture;
import dev.procession.pool.TaskOptions;
import dev.procession.pool.TaskTimeoutException;
import java.io.InvalidObjectException;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A task of a storm in a pool, with what must come of it. */
final class StormTask {

    /** The value with which an owner completes a future. */
    static final Long OWNERS = -7L;

    private static final int TOO_LARGE_BYTES = 48 << 20;
    private static final int CODE_OF_SIGKILL = 137;

    private final StormKind kind;
    private final long seed;
    private final int rounds;
    private final AtomicInteger ended = new AtomicInteger();
    private @Nullable TaskFuture<Object> future;

    StormTask(StormKind kind, long seed, int rounds) {
        this.kind = kind;
        this.seed = seed;
        this.rounds = rounds;
    }

    StormKind kind() {
        return kind;
    }

    /** How often its future was completed. */
    AtomicInteger ended() {
        return ended;
    }

    void belongsTo(TaskFuture<Object> its) {
        future = its;
    }

    TaskFuture<Object> submitTo(ProcessPoolExecutor pool, TaskOptions options) {
        long value = seed;
        int times = rounds;
        return switch (kind) {
            case THROW -> pool.submit(() -> StormTasks.fail(), options);
            case EXIT -> pool.submit(() -> StormTasks.exit(StormTasks.STATUS), options);
            case HALT -> pool.submit(() -> StormTasks.halt(StormTasks.STATUS), options);
            case EXIT_AS_IF_IT_THREW ->
                    pool.submit(() -> StormTasks.exit(StormTasks.CODE_OF_A_THROW), options);
            case HALT_AS_IF_IT_WERE_FULL ->
                    pool.submit(() -> StormTasks.halt(StormTasks.CODE_OF_A_FULL_HEAP), options);
            case NONSENSE -> pool.submit(() -> Nonsense.send(), options);
            case HOG -> pool.submit(() -> StormTasks.hog(), options);
            case SLEEP -> pool.submit(() -> StormTasks.sleep(), options);
            case SPIN, CANCEL_WHAT_SPINS -> pool.submit(() -> StormTasks.spin(), options);
            case LARGE -> {
                byte[] some = StormTasks.large(seed);
                yield pool.submit(() -> some, options);
            }
            case ARGUMENT_LARGER_THAN_ITS_WORKER -> {
                byte[] all = new byte[TOO_LARGE_BYTES];
                yield pool.submit(() -> (long) all.length, options);
            }
            case RESULT_LARGER_THAN_ITS_WORKER ->
                    pool.submit(() -> new byte[TOO_LARGE_BYTES], options);
            case UNDECODABLE_RESULT -> pool.submit(() -> new StormTasks.Undecodable(), options);
            case COMPLETED, COMPLETED_EXCEPTIONALLY, CANCEL_LATER ->
                    pool.submit(() -> StormTasks.mixSlowly(value, times), options);
            default -> pool.submit(() -> Work.mix(value, times), options);
        };
    }

    /** Checks the outcome, which must come in this time. */
    void check(int seconds, Set<Long> killed, boolean noThreads) throws Exception {
        TaskFuture<Object> mine = future;
        if (mine == null) {
            throw new IllegalStateException("not submitted");
        }
        Object value;
        try {
            value = mine.get(seconds, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("hangs: " + this, e);
        } catch (CancellationException | ExecutionException e) {
            if (!mayFailWith(e, killed, noThreads)) {
                throw new AssertionError("failed in a wrong way: " + this, e);
            }
            return;
        }
        if (!isRight(value)) {
            throw new AssertionError("a wrong value: " + this + ", value=" + value);
        }
    }

    private boolean isRight(Object value) {
        return switch (kind) {
            case GOOD, KILL, KILL_ALL, CANCEL, CANCEL_LATER, OR_TIMEOUT, COMPLETED_EXCEPTIONALLY ->
                    value.equals(Work.mix(seed, rounds));
            case COMPLETED, COMPLETE_ON_TIMEOUT ->
                    value.equals(OWNERS) || value.equals(Work.mix(seed, rounds));
            case LARGE ->
                    value instanceof byte[] bytes && Arrays.equals(bytes, StormTasks.large(seed));
            default -> false;
        };
    }

    boolean mayFailWith(Exception failure, Set<Long> killed, boolean noThreads) {
        Throwable cause = failure instanceof ExecutionException ? failure.getCause() : failure;
        if (cause instanceof WorkerCrashedException crash) {
            return killed.contains(crash.pid()) || noThreads || mayCrashWith(crash);
        }
        if (cause instanceof BrokenProcessPoolException) {
            return noThreads;
        }
        return switch (kind) {
            case THROW ->
                    cause instanceof IllegalStateException
                            && StormTasks.THROWN.equals(cause.getMessage());
            case SLEEP, SPIN -> cause instanceof TaskTimeoutException;
            case UNDECODABLE_RESULT ->
                    Throwables.getRootCause(cause) instanceof InvalidObjectException;
            case OR_TIMEOUT, COMPLETED_EXCEPTIONALLY -> cause instanceof TimeoutException;
            case CANCEL, CANCEL_LATER, CANCEL_WHAT_SPINS -> cause instanceof CancellationException;
            default -> false;
        };
    }

    /** A fault of another task makes no task fail. */
    private boolean mayCrashWith(WorkerCrashedException crash) {
        int code = crash.exitCode();
        return switch (kind) {
            case EXIT, HALT -> code == StormTasks.STATUS;
            case EXIT_AS_IF_IT_THREW -> code == StormTasks.CODE_OF_A_THROW;
            case HALT_AS_IF_IT_WERE_FULL ->
                    code == StormTasks.CODE_OF_A_FULL_HEAP && !crash.isOutOfMemory();
            case NONSENSE -> code == CODE_OF_SIGKILL;
            case HOG, ARGUMENT_LARGER_THAN_ITS_WORKER, RESULT_LARGER_THAN_ITS_WORKER ->
                    crash.isOutOfMemory();
            default -> false;
        };
    }

    @Override
    public String toString() {
        return kind + ", seed=" + seed + ", rounds=" + rounds + ", ended=" + ended;
    }
}
