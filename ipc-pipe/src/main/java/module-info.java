/**
 * Pipes: typed connections between two processes, opened as a pair or bound to an address.
 *
 * <p>An end that is captured by a task, or sent to another process, goes on working there.
 */
module dev.procession.pipe {
    exports dev.procession.pipe;

    requires transitive dev.procession.core;
    requires static com.google.errorprone.annotations;
    requires static transitive org.jspecify;
}
