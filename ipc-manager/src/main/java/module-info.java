/** Collections, locks and objects that many processes share, kept by one server. */
module dev.procession.manager {
    exports dev.procession.manager;

    // The launcher in core creates the entry point by reflection; JMX reads the figures.
    exports dev.procession.manager.server to
            dev.procession.core;
    exports dev.procession.manager.stream to
            java.management;

    opens dev.procession.manager.server to
            dev.procession.core;

    requires transitive dev.procession.core;
    requires com.google.protobuf;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.common;
    requires io.netty.transport;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.unix.common;
    requires java.management;
    requires jdk.jfr;
    requires jdk.net;
    requires static micrometer.core;
    requires static com.google.errorprone.annotations;
    requires static transitive org.jspecify;
}
