/** A program of its own module, for a module path. */
module dev.procession.program {
    exports dev.procession.program;

    requires dev.procession.manager;
    requires transitive dev.procession.pool;
    requires dev.procession.queue;
}
