package dev.procession.pool.dispatch;

/**
 * Who has a task, as the task knows it: always a {@link WorkerRun}, which knows the tasks in its
 * turn. Any thread may call it.
 */
interface TaskHolder {

    /** Returns the place of the worker in the pool. */
    int index();

    /** Whether it has begun this task, and the outcome has not come. */
    boolean hasBegun(Task task);

    /** Returns how far the running task says it is. */
    double progress();
}
