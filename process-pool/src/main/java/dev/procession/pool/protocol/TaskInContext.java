package dev.procession.pool.protocol;

import dev.procession.core.SerializableAction;
import dev.procession.core.SerializableCallable;
import dev.procession.pool.TaskContext;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A task with something of its submitter's thread.
 *
 * @param context what restores it
 * @param captured what was captured
 * @param work the task, or another one of these
 */
public record TaskInContext<C>(TaskContext<C> context, C captured, Object work)
        implements SerializableCallable<Object> {

    /** The task with this thread's context, if there is any. */
    public static <C> Object of(TaskContext<C> context, Object work) {
        C captured = context.capture();
        return captured == null ? work : new TaskInContext<>(context, captured, work);
    }

    @Override
    public @Nullable Object call() throws Exception {
        context.restore(captured);
        try {
            return run(work);
        } finally {
            context.clear();
        }
    }

    /** Runs what users submit. */
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
