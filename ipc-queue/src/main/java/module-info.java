/** The queue that any number of processes put into and take from. */
module dev.procession.queue {
    // Exports dev.procession.queue as soon as that holds a type.

    requires transitive dev.procession.core;
    requires static com.google.errorprone.annotations;
    requires static transitive org.jspecify;
}
