/** The executor whose workers are processes. */
module dev.procession.pool {
    exports dev.procession.pool;

    // A worker JVM makes its entry point by reflection.
    opens dev.procession.pool to
            dev.procession.core;

    requires transitive dev.procession.core;
    requires static transitive dev.procession.manager; // a pool without a manager needs none
    requires dev.procession.pipe;
    requires dev.procession.queue;
    requires HdrHistogram;
    requires static jdk.jfr;
    requires static micrometer.core;
    requires static com.google.errorprone.annotations;
    requires static transitive org.jspecify;

    provides dev.procession.core.launch.Rehearsal with
            dev.procession.pool.WorkerRehearsal;
}
