package dev.procession.pool;

/** The life of a worker. */
public enum WorkerState {
    /** Its JVM is coming up; tasks may be waiting for it already. */
    STARTING,
    /** It waits for a task. */
    IDLE,
    /** It has at least one task. */
    BUSY,
    /** The pool has asked it to exit, or is ending it. */
    DRAINING,
    /** Its process has ended. */
    DEAD
}
