package dev.procession.manager.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.manager.proto.DictRequest;
import dev.procession.manager.proto.Event;
import dev.procession.manager.proto.Request;
import java.util.ArrayList;
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

    private record Watching(Request.Builder request, ChangeListener listener) {}

    /** Adds a watch, and its number to the request that begins it. */
    synchronized long add(Request.Builder request, ChangeListener listener) {
        request.setDict(
                DictRequest.newBuilder()
                        .setWatchBegin(
                                request.getDict().getWatchBegin().toBuilder().setWatch(++last)));
        all.put(last, new Watching(request.clone(), listener));
        return last;
    }

    /** Ends a watch and returns the request that began it; null if it had ended. */
    synchronized Request.@Nullable Builder remove(long watch) {
        Watching watching = all.remove(watch);
        return watching == null ? null : watching.request.clone();
    }

    synchronized boolean isEmpty() {
        return all.isEmpty();
    }

    /** Returns the requests that begin all watches at a new server. */
    synchronized List<Request.Builder> requests() {
        List<Request.Builder> requests = new ArrayList<>();
        all.values().forEach(watching -> requests.add(watching.request.clone()));
        return requests;
    }

    /** Passes an event to its listener. Called in the order of the events. */
    synchronized void handOn(Event event) {
        Watching watching = all.get(event.getWatch());
        if (watching != null) {
            events.changed(watching.listener, event);
        }
    }

    /** Calls {@code missed} of all listeners. */
    synchronized void missed() {
        all.values().forEach(watching -> events.missed(watching.listener));
    }

    void close() {
        events.close();
    }
}
