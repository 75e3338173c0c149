package dev.procession.core.launch;

import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The span and the baggage of a thread as environment variables, by OpenTelemetry's rule: the names
 * of the headers of W3C in upper case. Without OpenTelemetry's API there are none.
 */
public final class OpenTelemetryVariables {

    /** The variable without which the others say nothing. */
    static final String PARENT = "TRACEPARENT";

    /** All variables. */
    static final List<String> NAMES = List.of(PARENT, "TRACESTATE", "BAGGAGE");

    /** Whether the library was not found; it is not looked for again. */
    private static volatile boolean absent;

    private OpenTelemetryVariables() {}

    /** Replaces the variables in an environment by those of this thread, if it is within a span. */
    public static void addTo(Map<String, String> environment) {
        if (absent) {
            return;
        }
        try {
            Carrier.addTo(environment);
        } catch (NoClassDefFoundError e) {
            absent = true;
        }
    }

    /**
     * Makes the span that this process's variables name the parent of those of this thread, until
     * the returned object is closed. Returns null if there is none.
     */
    public static @Nullable Joined join() {
        String parent = System.getenv(PARENT);
        if (parent == null) {
            return null;
        }
        try {
            return Carrier.join(System.getenv());
        } catch (NoClassDefFoundError e) {
            return null;
        }
    }

    /** A trace that this thread has joined. */
    @FunctionalInterface
    public interface Joined extends AutoCloseable {

        @Override
        void close();
    }

    /** What needs the library. */
    private enum Carrier implements TextMapGetter<Map<String, String>> {
        INSTANCE;

        private static final TextMapPropagator FIELDS =
                TextMapPropagator.composite(
                        W3CTraceContextPropagator.getInstance(),
                        W3CBaggagePropagator.getInstance());

        static void addTo(Map<String, String> environment) {
            Context current = Context.current();
            if (Span.fromContext(current).getSpanContext().isValid()) {
                environment.keySet().removeAll(NAMES);
                FIELDS.inject(
                        current,
                        environment,
                        (carrier, name, value) -> environment.put(variable(name), value));
            }
        }

        @SuppressWarnings("MustBeClosedChecker") // the caller closes the scope
        static Joined join(Map<String, String> environment) {
            Scope scope = FIELDS.extract(Context.root(), environment, INSTANCE).makeCurrent();
            return scope::close;
        }

        private static String variable(String header) {
            return header.toUpperCase(Locale.ROOT);
        }

        @Override
        @SuppressWarnings("deprecation") // older versions call it
        public Iterable<String> keys(Map<String, String> carrier) {
            return NAMES;
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> carrier, String header) {
            return carrier == null ? null : carrier.get(variable(header));
        }
    }
}
