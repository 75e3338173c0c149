package dev.procession.pool.dispatch;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * The events of a pool for Java Flight Recorder, in the recording of the parent. Without a
 * recording, or without the module {@code jdk.jfr}, none is made.
 */
final class PoolEvents {

    private static final boolean AVAILABLE = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private PoolEvents() {}

    /** Whether there is a recording. */
    static boolean areOn() {
        return AVAILABLE && FlightRecorder.isInitialized();
    }

    /**
     * The event of a task, as the task knows it: by an interface, so that a JVM without the module
     * {@code jdk.jfr} need not load the event's class.
     */
    interface OfTask {

        /** Notes what an outcome says. */
        void ran(int by, long runNanos, long waitNanos);

        /** Notes which worker had it last. */
        void endedAt(int by);

        /** The task has left the pool. */
        void end(String poolName, String description, int attempts, TaskEnd how);
    }

    /** The event of a worker's start, as the worker's run knows it. */
    interface OfStart {

        /** The worker is ready. */
        void ready(String name, long process);
    }

    /** Begins the event of a task that was just submitted; null if there is no recording. */
    static @Nullable OfTask taskSubmitted() {
        if (!areOn()) {
            return null;
        }
        TaskEvent event = new TaskEvent();
        event.begin();
        return event;
    }

    /** Begins the event of a worker that is about to start; null if there is no recording. */
    static @Nullable OfStart workerStarts() {
        if (!areOn()) {
            return null;
        }
        WorkerStartEvent event = new WorkerStartEvent();
        event.begin();
        return event;
    }

    /** A task of a pool, from its submission to its end. */
    @Name("dev.procession.Task")
    @Label("Task of a process pool")
    @Category("Procession")
    @StackTrace(false)
    @SuppressWarnings("UnusedVariable") // Flight Recorder reads the fields
    static final class TaskEvent extends Event implements OfTask {

        @Label("Pool")
        private @Nullable String pool;

        @Label("Task")
        private @Nullable String task;

        /** -1 if none had it. */
        @Label("Worker")
        private int worker = -1;

        /** From 1 on. */
        @Label("Attempt")
        private int attempt;

        @Label("End")
        private @Nullable String end;

        @Label("Returned")
        private boolean returned;

        @Label("Run time")
        @Timespan(Timespan.NANOSECONDS)
        private long runTime;

        @Label("Wait time")
        @Timespan(Timespan.NANOSECONDS)
        private long waitTime;

        @Override
        public void ran(int by, long runNanos, long waitNanos) {
            worker = by;
            runTime = runNanos;
            waitTime = waitNanos;
        }

        @Override
        public void endedAt(int by) {
            worker = by;
        }

        @Override
        public void end(String poolName, String description, int attempts, TaskEnd how) {
            end();
            if (shouldCommit()) {
                pool = poolName;
                task = description;
                attempt = attempts;
                end = how.label();
                returned = how == TaskEnd.RETURNED;
                commit();
            }
        }
    }

    /** The start of a worker, from its decision until the worker is ready. */
    @Name("dev.procession.WorkerStart")
    @Label("Start of a process pool's worker")
    @Category("Procession")
    @StackTrace(false)
    @SuppressWarnings("UnusedVariable") // Flight Recorder reads the fields
    static final class WorkerStartEvent extends Event implements OfStart {

        @Label("Worker")
        private @Nullable String worker;

        @Label("Process")
        private long pid;

        @Override
        public void ready(String name, long process) {
            end();
            if (shouldCommit()) {
                worker = name;
                pid = process;
                commit();
            }
        }
    }

    /** The end of a worker. */
    @Name("dev.procession.WorkerEnd")
    @Label("End of a process pool's worker")
    @Category("Procession")
    @StackTrace(false)
    @SuppressWarnings("UnusedVariable") // Flight Recorder reads the fields
    static final class WorkerEndEvent extends Event {

        @Label("Worker")
        private final String worker;

        @Label("Process")
        private final long pid;

        /** Why the pool ended it; "crash" if the pool did not. */
        @Label("Reason")
        private final String reason;

        @Label("Exit code")
        private final int exitCode;

        @Label("Tasks done")
        private final long tasksDone;

        @Label("Age")
        @Timespan(Timespan.NANOSECONDS)
        private final long age;

        WorkerEndEvent(
                String worker,
                long pid,
                String reason,
                int exitCode,
                long tasksDone,
                long ageNanos) {
            this.worker = worker;
            this.pid = pid;
            this.reason = reason;
            this.exitCode = exitCode;
            this.tasksDone = tasksDone;
            this.age = ageNanos;
        }
    }
}
