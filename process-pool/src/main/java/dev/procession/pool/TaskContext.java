package dev.procession.pool;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A context of the submitting thread that its tasks get too, such as a request id or the diagnostic
 * context of a logging library. Given to {@link ProcessPoolExecutor.Builder#context}, or found by
 * {@link java.util.ServiceLoader}.
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
 * <p>Three are there already and travel by themselves if their libraries are on the class path, see
 * {@link ProcessPoolExecutor.Builder#discoverContexts}: SLF4J's {@code MDC}, the thread locals of
 * Micrometer's context propagation, and the trace of OpenTelemetry.
 *
 * @param <C> what is sent; it must be serialisable
 */
public interface TaskContext<C> extends Serializable {

    /**
     * Captures the context of this thread; called in the thread that submits, once for each task.
     *
     * @return what is sent with the task; null if there is nothing
     */
    @Nullable C capture();

    /**
     * Sets the context of this thread; called in the worker, before the task runs.
     *
     * @param context what was captured, never null
     */
    void restore(C context);

    /**
     * Clears the context; called in the worker, after the task, on the same thread, however it
     * ended.
     */
    void clear();

    /**
     * Clears the context and hears how the task ended; called in the place of {@link #clear()},
     * which it calls by default.
     *
     * @param failure what the task threw; null if it returned
     */
    default void clear(@Nullable Throwable failure) {
        clear();
    }
}
