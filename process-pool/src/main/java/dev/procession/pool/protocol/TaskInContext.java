package dev.procession.pool.protocol;

import dev.procession.core.SerializableAction;
import dev.procession.core.SerializableCallable;
import dev.procession.core.log.Log;
import dev.procession.pool.TaskContext;
import java.lang.System.Logger.Level;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A task with the context of the thread that submitted it.
 *
 * @param context the user's object that restores it
 * @param captured what was captured
 * @param work the task, or another one of these
 */
public record TaskInContext<C>(TaskContext<C> context, C captured, Object work)
        implements SerializableCallable<Object> {

    private static final Log LOG = Log.of(TaskInContext.class);

    /** Returns the task with this thread's context; the task alone if there is none. */
    public static <C> Object of(TaskContext<C> context, Object work) {
        C captured = context.capture();
        return captured == null ? work : new TaskInContext<>(context, captured, work);
    }

    @Override
    public @Nullable Object call() throws Exception {
        Throwable failure = null;
        try {
            context.restore(captured);
            return run(work);
        } catch (Throwable e) {
            failure = e;
            throw e;
        } finally { // also what was restored before a failure
            clear(failure);
        }
    }

    /** A task that has run does not fail, and is not repeated, because of its context. */
    private void clear(@Nullable Throwable failure) {
        try {
            context.clear(failure);
        } catch (RuntimeException | LinkageError e) {
            LOG.report(Level.WARNING, "a context could not be cleared after a task", e);
        }
    }

    /** Runs a task of the user. */
    public static @Nullable Object run(@Nullable Object task) throws Exception {
        if (task instanceof Callable<?> callable) {
            return callable.call();
        }
        if (task instanceof SerializableAction action) {
            action.perform();
            return null;
        }
        if (task instanceof Runnable runnable) {
            runnable.run();
            return null;
        }
        throw new IllegalArgumentException("neither Callable nor Runnable: " + task);
    }
}
