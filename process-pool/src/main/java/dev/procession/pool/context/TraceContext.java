package dev.procession.pool.context;

import dev.procession.pool.TaskContext;
import dev.procession.pool.worker.CurrentTask;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The trace and the baggage of OpenTelemetry. A task that is submitted within a span gets a span of
 * its own in the worker, a child of the submitter's, with {@value #TASK}, {@value #WORKER} and
 * {@value #WAIT}. The worker needs an SDK of its own: from {@code
 * opentelemetry-sdk-extension-autoconfigure} or set by the pool's initializer.
 */
public final class TraceContext implements TaskContext<TraceContext.Captured> {

    private static final long serialVersionUID = 1L;

    /** The task's id, as {@link dev.procession.pool.TaskFuture#id} returns it. */
    static final String TASK = "procession.task.id";

    /** The worker's place in its pool. */
    static final String WORKER = "procession.worker.index";

    /** Seconds from the submission until the worker began, repetitions included. */
    static final String WAIT = "procession.task.wait";

    private static final String SPAN = "procession task";

    private static final double NANOS_PER_SECOND = 1e9;

    private static final TextMapPropagator FIELDS =
            TextMapPropagator.composite(
                    W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance());

    /** The spans of this thread's tasks: a task may run another one. */
    private static final ThreadLocal<Deque<Running>> RUNNING =
            ThreadLocal.withInitial(ArrayDeque::new);

    /**
     * What is sent.
     *
     * @param fields the headers of W3C
     * @param submitted when
     */
    public record Captured(Map<String, String> fields, Instant submitted) implements Serializable {}

    private record Running(Span span, Scope scope) {}

    /**
     * Makes it.
     *
     * @throws NoClassDefFoundError if OpenTelemetry's API is not there
     */
    public TraceContext() {
        Object unused = Context.root();
    }

    @Override
    public @Nullable Captured capture() {
        Context current = Context.current();
        if (!Span.fromContext(current).getSpanContext().isValid()) {
            return null;
        }
        Map<String, String> fields = new HashMap<>();
        FIELDS.inject(current, fields, (carrier, name, value) -> fields.put(name, value));
        return new Captured(fields, Instant.now());
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // clear() closes the scope
    public void restore(Captured captured) {
        Context parent = FIELDS.extract(Context.root(), captured.fields, Fields.INSTANCE);
        Duration wait = Duration.between(captured.submitted, Instant.now());
        CurrentTask task = Objects.requireNonNull(CurrentTask.get(), "a task runs here");
        Span span =
                GlobalOpenTelemetry.getTracer("dev.procession")
                        .spanBuilder(SPAN)
                        .setSpanKind(SpanKind.CONSUMER)
                        .setParent(parent)
                        .setAttribute(TASK, task.taskId())
                        .setAttribute(WORKER, (long) task.index())
                        .setAttribute(WAIT, wait.toNanos() / NANOS_PER_SECOND)
                        .startSpan();
        RUNNING.get().push(new Running(span, parent.with(span).makeCurrent()));
    }

    @Override
    public void clear(@Nullable Throwable failure) {
        Running running = RUNNING.get().poll();
        if (running != null) {
            if (failure != null) {
                running.span.recordException(failure);
                running.span.setStatus(StatusCode.ERROR);
            }
            running.scope.close();
            running.span.end();
        }
    }

    @Override
    public void clear() {
        clear(null);
    }

    /** Reads what was captured. */
    private enum Fields implements TextMapGetter<Map<String, String>> {
        INSTANCE;

        @Override
        @SuppressWarnings("deprecation") // older versions call it
        public Iterable<String> keys(Map<String, String> carrier) {
            return carrier.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> carrier, String key) {
            return carrier == null ? null : carrier.get(key);
        }
    }
}
