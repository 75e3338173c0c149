/** A bounded queue that any number of processes put into and take from. */
// Siblings are named before they exist: they are compiled later.
@SuppressWarnings("module")
module dev.procession.queue {
    exports dev.procession.queue;
    exports dev.procession.queue.ring to
            dev.procession.monitor;

    requires transitive dev.procession.core;
    requires static jdk.jfr;
    requires static micrometer.core;
    requires static com.google.errorprone.annotations;
    requires static transitive org.jspecify;

    provides dev.procession.core.life.DeathSweep with
            dev.procession.queue.ring.QueueSweep;
}
