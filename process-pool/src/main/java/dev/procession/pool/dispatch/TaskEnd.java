package dev.procession.pool.dispatch;

/** How a task has left the pool. */
enum TaskEnd {
    RETURNED("returned"),
    THREW("threw"),
    TIMED_OUT("timed out"),
    CRASHED("crashed"),
    /** No worker could be started for it, or this process had no room for it. */
    FAILED("failed"),
    CANCELLED("cancelled"),
    /** Its future was completed by its owner. */
    COMPLETED("completed by its owner");

    private final String label;

    TaskEnd(String label) {
        this.label = label;
    }

    /** Returns what events call it. */
    String label() {
        return label;
    }
}
