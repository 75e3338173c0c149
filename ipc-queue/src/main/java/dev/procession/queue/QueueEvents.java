package dev.procession.queue;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/**
 * The events of queues for Java Flight Recorder, in the recording of the process that waits.
 * Without a recording, or without the module {@code jdk.jfr}, none is made. An operation that does
 * not wait does not load this class.
 */
final class QueueEvents {

    private static final boolean AVAILABLE = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private QueueEvents() {}

    /**
     * The event of a wait, as the waiting operation knows it: by an interface, so that a JVM
     * without the module {@code jdk.jfr} need not load the event's class.
     */
    interface OfWait {

        /** The operation has ended. */
        void end(String queueName, String operationName, boolean isTimedOut);
    }

    /** Begins the event of an operation that has to wait; null if there is no recording. */
    static @Nullable OfWait waitBegins() {
        if (!AVAILABLE || !FlightRecorder.isInitialized()) {
            return null;
        }
        WaitEvent event = new WaitEvent();
        event.begin();
        return event;
    }

    /** An operation of a queue that had to wait, from the begin of the wait to its end. */
    @Name("dev.procession.QueueWait")
    @Label("Wait at a process queue")
    @Category("Procession")
    @Threshold("10 ms")
    @SuppressWarnings("UnusedVariable") // Flight Recorder reads the fields
    static final class WaitEvent extends Event implements OfWait {

        @Label("Queue")
        private @Nullable String queue;

        @Label("Operation")
        private @Nullable String operation;

        @Label("Timed out")
        private boolean timedOut;

        @Override
        public void end(String queueName, String operationName, boolean isTimedOut) {
            end();
            if (shouldCommit()) {
                queue = queueName;
                operation = operationName;
                timedOut = isTimedOut;
                commit();
            }
        }
    }
}
