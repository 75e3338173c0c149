package dev.procession.manager.client;

import dev.procession.core.log.Log;
import dev.procession.manager.client.Watches.Watching;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;

/** Begins a watch again in a new session; its listener has missed what happened before. */
final class WatchCall extends PendingCall {

    private static final Log LOG = Log.of(WatchCall.class);

    private final Watches watches;
    private final Watching watching;
    private final Consumer<Watching> again;

    /**
     * Describes the call.
     *
     * @param again begins the watch in the session of today, if the call fails
     */
    WatchCall(Watches watches, Watching watching, Consumer<Watching> again) {
        super(watching.request().toByteArray(), true);
        this.watches = watches;
        this.watching = watching;
        this.again = again;
    }

    @Override
    void handOver() {
        Answer answer = answer();
        if (answer == null) {
            watches.failedToBegin(watching);
            again.accept(watching); // or the next connection, if there is none now
            return;
        }
        if (!CallStatus.isOk(answer.response())) {
            LOG.report(
                    Level.WARNING,
                    "a watch could not begin again; it gets no more events: "
                            + answer.response().getText(),
                    null);
        }
        watches.stands(watching, answer.session());
        watches.missed(watching);
    }

    @Override
    boolean runsActions() {
        return true;
    }
}
