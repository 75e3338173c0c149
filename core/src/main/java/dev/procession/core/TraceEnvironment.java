package dev.procession.core;

import dev.procession.core.launch.OpenTelemetryVariables;
import java.util.Map;
import java.util.Objects;

/**
 * The environment variables by which a program joins a trace of OpenTelemetry: {@code TRACEPARENT},
 * {@code TRACESTATE} and {@code BAGGAGE}, with the values of the headers of W3C.
 *
 * <p>A {@link ChildProcess} gets those of the thread that starts it without this class. It is for
 * other programs, those that a task starts for example, whose span is the task's then:
 *
 * <pre>{@code
 * ProcessBuilder convert = new ProcessBuilder("convert", file, target);
 * TraceEnvironment.addTo(convert.environment());
 * convert.start();
 * }</pre>
 */
public final class TraceEnvironment {

    private TraceEnvironment() {}

    /**
     * Replaces the variables in an environment by those of this thread's span and baggage. Does
     * nothing if the thread is within no span, or OpenTelemetry's API is not on the class path.
     * Does not block.
     *
     * @param environment of the program that is started next
     */
    public static void addTo(Map<String, String> environment) {
        Objects.requireNonNull(environment, "environment");
        OpenTelemetryVariables.addTo(environment);
    }
}
