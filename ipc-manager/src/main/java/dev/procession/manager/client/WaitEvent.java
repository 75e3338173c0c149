package dev.procession.manager.client;

import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.Request;
import dev.procession.manager.wire.Requests;
import java.util.Locale;
import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/**
 * A call that waits in a manager's server, in a flight recording of the process that waits: from
 * the moment when its thread sleeps to the answer. A call that is answered before does not load
 * this class.
 */
@Name("dev.procession.ManagerWait")
@Label("Wait at a manager's object")
@Category("Procession")
@Threshold("10 ms")
@SuppressWarnings("UnusedVariable") // Flight Recorder reads the fields
final class WaitEvent extends Event {

    @Label("Kind")
    private @Nullable String kind;

    @Label("Object")
    private @Nullable String object;

    @Label("Operation")
    private @Nullable String operation;

    @Label("Timed out")
    private boolean timedOut;

    private WaitEvent() {}

    /** Begins the event of a wait; null if there is no recording. */
    static @Nullable WaitEvent begun() {
        if (!FlightRecorder.isInitialized()) {
            return null;
        }
        WaitEvent event = new WaitEvent();
        event.begin();
        return event;
    }

    /** The call has ended. */
    void end(Request request, boolean isTimedOut) {
        end();
        if (shouldCommit()) {
            if (request.getKind() != Kind.KIND_NONE) { // a back-up is of no object
                kind = request.getKind().name().toLowerCase(Locale.ROOT);
                object = request.getName();
            }
            String body = Requests.name(request);
            operation = body.substring(body.indexOf('.') + 1).toLowerCase(Locale.ROOT);
            timedOut = isTimedOut;
            commit();
        }
    }
}
