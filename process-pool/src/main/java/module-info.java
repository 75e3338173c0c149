/**
 * The executor whose workers are processes.
 *
 * <p>Users call {@code dev.procession.pool}. The packages below it are internal: {@code dispatch}
 * runs in the parent, {@code worker} in the workers, and both know {@code protocol} and {@code
 * context}.
 */
module dev.procession.pool {
    exports dev.procession.pool;

    // A worker JVM makes its entry point by reflection, and the codec reads the pool's lambdas.
    opens dev.procession.pool.worker to
            dev.procession.core;
    opens dev.procession.pool.protocol to
            dev.procession.core;
    opens dev.procession.pool.context to
            dev.procession.core;

    uses dev.procession.pool.TaskContext;

    provides dev.procession.pool.TaskContext with
            dev.procession.pool.context.LoggingContext,
            dev.procession.pool.context.PropagatedContext,
            dev.procession.pool.context.TraceContext;

    requires transitive dev.procession.core;
    requires static transitive dev.procession.manager; // a pool without a manager needs none
    requires dev.procession.pipe;
    requires dev.procession.queue;
    requires HdrHistogram;
    requires static jdk.jfr;
    requires static context.propagation;
    requires static io.opentelemetry.api;
    requires static io.opentelemetry.context;
    requires static micrometer.core;
    requires static org.slf4j;
    requires static com.google.errorprone.annotations;
    requires static transitive org.jspecify;
}
