/**
 * What every other module of Procession stands on.
 *
 * <p>Users find child processes, futures, codecs and the common exceptions in {@code
 * dev.procession.core}. The packages that are exported to siblings by name know bytes, offsets and
 * sockets; they change without notice.
 */
// Siblings are named before they exist: they are compiled later.
@SuppressWarnings("module")
module dev.procession.core {
    exports dev.procession.core;
    exports dev.procession.core.codec to
            dev.procession.manager,
            dev.procession.pipe,
            dev.procession.pool,
            dev.procession.queue;
    exports dev.procession.core.future to
            dev.procession.manager,
            dev.procession.pool;
    exports dev.procession.core.launch to
            dev.procession.manager,
            dev.procession.monitor,
            dev.procession.pipe,
            dev.procession.pool,
            dev.procession.queue;
    exports dev.procession.core.lane to
            dev.procession.manager,
            dev.procession.pipe,
            dev.procession.pool,
            dev.procession.queue;
    exports dev.procession.core.life to
            dev.procession.manager,
            dev.procession.monitor,
            dev.procession.pipe,
            dev.procession.pool,
            dev.procession.queue;
    exports dev.procession.core.link to
            dev.procession.manager,
            dev.procession.monitor,
            dev.procession.pipe,
            dev.procession.pool,
            dev.procession.queue;
    exports dev.procession.core.log to
            dev.procession.manager,
            dev.procession.monitor,
            dev.procession.pipe,
            dev.procession.pool,
            dev.procession.queue;
    exports dev.procession.core.memory to
            dev.procession.manager,
            dev.procession.pipe,
            dev.procession.pool,
            dev.procession.queue;
    exports dev.procession.core.snapshot;
    exports dev.procession.core.thread to
            dev.procession.manager;
    exports dev.procession.core.time to
            dev.procession.manager,
            dev.procession.pipe,
            dev.procession.pool,
            dev.procession.queue;
    exports dev.procession.core.transfer to
            dev.procession.manager,
            dev.procession.pipe,
            dev.procession.pool,
            dev.procession.queue;

    requires com.google.common;
    requires jdk.net;
    requires java.management;
    requires static io.opentelemetry.api;
    requires static io.opentelemetry.context;
    requires static com.google.errorprone.annotations;
    requires static transitive org.jspecify;

    uses dev.procession.core.life.DeathSweep;
    uses dev.procession.core.link.ProgramHook;
}
