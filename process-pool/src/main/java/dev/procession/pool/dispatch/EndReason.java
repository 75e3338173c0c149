package dev.procession.pool.dispatch;

/** Why the pool has ended a worker. */
enum EndReason {
    /** It ended by itself. */
    NONE("crash"),
    IDLE("idle"),
    /** It has run as many tasks as it may. */
    MAX_TASKS("recycled after its number of tasks"),
    /** It used more memory than it may. */
    MAX_MEMORY("recycled because of its memory"),
    RESIZE("surplus after a resize"),
    SHUTDOWN("shutdown of the pool"),
    /** A task ignored its interrupt. */
    UNSTOPPABLE_TASK("a task that ignored its interrupt"),
    /** It sent what no worker sends. */
    PROTOCOL_ERROR("what it sent"),
    /** The user asked for it, or a start failed. */
    KILLED("kill");

    private final String label;

    EndReason(String label) {
        this.label = label;
    }

    /** Returns what events and messages call it. */
    String label() {
        return label;
    }
}
