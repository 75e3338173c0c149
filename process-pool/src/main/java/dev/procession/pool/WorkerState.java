package dev.procession.pool;

/** Where a worker is in its life. */
public enum WorkerState {
    /** Its JVM is coming up; tasks may be waiting for it already. */
    STARTING,
    /** It waits for a task. */
    IDLE,
    /** It has at least one task. */
    BUSY,
    /** It was told to exit, or is being ended. */
    DRAINING,
    /** Its process has ended. */
    DEAD
}
