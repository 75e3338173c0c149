/** A bounded queue that any number of processes put into and take from. */
module dev.procession.queue {
    exports dev.procession.queue;

    requires transitive dev.procession.core;
    requires static jdk.jfr;
    requires static micrometer.core;
    requires static com.google.errorprone.annotations;
    requires static transitive org.jspecify;

    provides dev.procession.core.life.DeathSweep with
            dev.procession.queue.ring.QueueSweep;
}
