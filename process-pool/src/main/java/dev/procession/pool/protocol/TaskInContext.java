package dev.procession.pool.protocol;

import dev.procession.core.SerializableAction;
import dev.procession.core.SerializableCallable;
import dev.procession.pool.TaskContext;
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

    /** Returns the task with this thread's context; the task alone if there is none. */
    public static <C> Object of(TaskContext<C> context, Object work) {
        C captured = context.capture();
        return captured == null ? work : new TaskInContext<>(context, captured, work);
    }

    @Override
    public @Nullable Object call() throws Exception {
        context.restore(captured);
        Throwable failure = null;
        try {
            return run(work);
        } catch (Throwable e) {
            failure = e;
            throw e;
        } finally {
            context.clear(failure);
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
