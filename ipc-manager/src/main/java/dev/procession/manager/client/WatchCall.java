package dev.procession.manager.client;

import dev.procession.core.log.Log;
import dev.procession.manager.client.Watches.Watching;
import dev.procession.manager.proto.Response;
import java.lang.System.Logger.Level;

/** Begins a watch again in a new session; its listener has missed what happened before. */
final class WatchCall extends PendingCall {

    private static final Log LOG = Log.of(WatchCall.class);

    private final Watches watches;
    private final Watching watching;

    WatchCall(Watches watches, Watching watching) {
        super(watching.request().toByteArray(), true);
        this.watches = watches;
        this.watching = watching;
    }

    @Override
    void handOver() {
        Response answer = response();
        if (answer != null && !CallStatus.isOk(answer)) {
            LOG.report(
                    Level.WARNING,
                    "a watch could not begin again; it gets no more events: " + answer.getText(),
                    null);
        }
        if (answer != null) { // else the next connection begins it again
            watches.missed(watching);
        }
    }

    @Override
    boolean runsActions() {
        return true;
    }
}
