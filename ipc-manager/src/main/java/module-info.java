/** Collections, locks and objects that many processes share, kept by one server. */
module dev.procession.manager {
    // Exports dev.procession.manager as soon as that holds a type.

    requires transitive dev.procession.core;
    requires com.google.protobuf;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.protobuf;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.unix.common;
    requires static com.google.errorprone.annotations;
    requires static transitive org.jspecify;
}
