package dev.procession.manager.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.manager.proto.Event;
import dev.procession.manager.proto.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a client watches, and who hears of it. */
final class Watches {

    private final EventThread events = new EventThread();

    @GuardedBy("this")
    private final Map<Long, Watching> all = new LinkedHashMap<>();

    @GuardedBy("this")
    private long last;

    private record Watching(Request.Builder request, ChangeListener listener) {}

    /** Adds a watch, and its number to the request that begins it. */
    synchronized long add(Request.Builder request, ChangeListener listener) {
        request.setVersion(++last);
        all.put(last, new Watching(request.clone(), listener));
        return last;
    }

    /** The request that began a watch, which is over now; null if it was over already. */
    synchronized Request.@Nullable Builder remove(long watch) {
        Watching watching = all.remove(watch);
        return watching == null ? null : watching.request.clone();
    }

    synchronized boolean isEmpty() {
        return all.isEmpty();
    }

    /** What begins all watches at a server that knows nothing of them. */
    synchronized List<Request.Builder> requests() {
        List<Request.Builder> requests = new ArrayList<>();
        all.values().forEach(watching -> requests.add(watching.request.clone()));
        return requests;
    }

    /** Has the listener of an event hear it. Called in the order of the events. */
    synchronized void handOn(Event event) {
        Watching watching = all.get(event.getWatch());
        if (watching != null) {
            events.changed(watching.listener, event);
        }
    }

    /** Tells all listeners that they may have missed something. */
    synchronized void missed() {
        all.values().forEach(watching -> events.missed(watching.listener));
    }

    void close() {
        events.close();
    }
}
