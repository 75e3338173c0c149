package dev.procession.pool.dispatch;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A task that has ended by itself, for Java Flight Recorder; in the parent's recording. */
@Name("dev.procession.Task")
@Label("Task of a process pool")
@Category("Procession")
@StackTrace(false)
@SuppressWarnings("UnusedVariable") // Flight Recorder reads the fields
final class TaskEvent extends Event {

    @Label("Pool")
    private final String pool;

    @Label("Task")
    private final String task;

    @Label("Worker")
    private final int worker;

    @Label("Returned")
    private final boolean returned;

    @Label("Run time")
    @Timespan(Timespan.NANOSECONDS)
    private final long runTime;

    @Label("Wait time")
    @Timespan(Timespan.NANOSECONDS)
    private final long waitTime;

    TaskEvent(String pool, String task, int worker, boolean returned, long runTime, long waitTime) {
        this.pool = pool;
        this.task = task;
        this.worker = worker;
        this.returned = returned;
        this.runTime = runTime;
        this.waitTime = waitTime;
    }
}
