package dev.procession.pool;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Something of the submitting thread that its tasks shall have too: a request id, the diagnostic
 * context of a logging library. Named to the pool by {@link ProcessPoolExecutor.Builder#context}.
 *
 * <pre>{@code
 * final class RequestId implements TaskContext<String> {
 *     public String capture() { return MDC.get("request"); }
 *     public void restore(String id) { MDC.put("request", id); }
 *     public void clear() { MDC.remove("request"); }
 * }
 * }</pre>
 *
 * <p>It is itself serialised with each task, so it should have no fields.
 *
 * @param <C> what travels; it must be serialisable
 */
public interface TaskContext<C> extends Serializable {

    /**
     * Takes the context of this thread; in the thread that submits, once for each task.
     *
     * @return what travels with the task; null if there is nothing
     */
    @Nullable C capture();

    /**
     * Makes the context that of this thread; in the worker, before the task is run.
     *
     * @param context what was captured, never null
     */
    void restore(C context);

    /** Ends it; in the worker, after the task, on the same thread, whatever became of the task. */
    void clear();
}
