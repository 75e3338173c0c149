package dev.procession.manager.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.manager.proto.Change;
import dev.procession.manager.proto.DictRequest;
import dev.procession.manager.proto.Event;
import dev.procession.manager.proto.Request;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The watches of a client, and their listeners. */
final class Watches {

    private final EventThread events = new EventThread();

    @GuardedBy("this")
    private final Map<Long, Watching> all = new LinkedHashMap<>();

    @GuardedBy("this")
    private long last;

    /** One watch: how it begins, and who wants its events. */
    static final class Watching {
        private final Request request;
        private final long number;
        private final ChangeListener listener;

        /** The last session in which the server has begun it; no session before the first. */
        private ServerSession session = ServerSession.NONE;

        /** Whether a request is under way to begin it again. */
        private boolean beginning;

        private Watching(Request request, long number, ChangeListener listener) {
            this.request = request;
            this.number = number;
            this.listener = listener;
        }

        Request request() {
            return request;
        }

        long number() {
            return number;
        }
    }

    /** Adds a watch, and its number to the request that begins it. */
    synchronized Watching add(Request.Builder request, ChangeListener listener) {
        request.setDict(
                DictRequest.newBuilder()
                        .setWatchBegin(
                                request.getDict().getWatchBegin().toBuilder().setWatch(++last)));
        Watching added = new Watching(request.build(), last, listener);
        all.put(last, added);
        return added;
    }

    /** The server has begun a watch; it begins again in each new session. */
    synchronized void stands(Watching watching, ServerSession session) {
        watching.session = session;
        watching.beginning = false;
    }

    /**
     * Whether a watch has to begin again in a session; the caller then sees to it, and no other.
     */
    synchronized boolean mustBegin(Watching watching, ServerSession session) {
        if (watching.beginning
                || watching.session.equals(ServerSession.NONE)
                || watching.session.equals(session)
                || !all.containsKey(watching.number)) {
            return false;
        }
        watching.beginning = true;
        return true;
    }

    /** The request that begins a watch again has failed. */
    synchronized void failedToBegin(Watching watching) {
        watching.beginning = false;
    }

    /** Ends a watch and returns it; null if it had ended. */
    synchronized @Nullable Watching remove(long watch) {
        return all.remove(watch);
    }

    synchronized boolean isEmpty() {
        return all.isEmpty();
    }

    /** Returns all watches. */
    synchronized List<Watching> all() {
        return List.copyOf(all.values());
    }

    /** Passes an event to its listener. Called in the order of the events. */
    synchronized void handOn(Event event) {
        if (event.getChange() == Change.MISSED_ENTRIES) {
            missed();
            return;
        }
        Watching watching = all.get(event.getWatch());
        if (watching != null) {
            events.changed(watching.listener, event);
        }
    }

    /** Calls {@code missed} of all listeners. */
    synchronized void missed() {
        all.values().forEach(watching -> events.missed(watching.listener));
    }

    /** Calls {@code missed} of the listeners whose watches stand in a session, or begin in it. */
    synchronized void missedIn(ServerSession session) {
        for (Watching watching : all.values()) {
            if (watching.session.equals(session) || watching.session.equals(ServerSession.NONE)) {
                events.missed(watching.listener);
            }
        }
    }

    /** Calls {@code missed} of a watch's listener, unless the watch has ended. */
    synchronized void missed(Watching watching) {
        if (all.containsKey(watching.number)) {
            events.missed(watching.listener);
        }
    }

    synchronized void close() {
        all.clear();
        events.close();
    }
}
