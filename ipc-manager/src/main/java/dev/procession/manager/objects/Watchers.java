package dev.procession.manager.objects;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Change;
import dev.procession.manager.proto.Event;
import dev.procession.manager.stream.Client;
import dev.procession.manager.stream.HeapBytes;
import dev.procession.manager.stream.RequestStream;
import dev.procession.manager.stream.ServerStats;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The watches of one dict, by the keys that they watch. */
final class Watchers {

    private static final int MAX_WATCHERS = 4096;

    /** About how many bytes a watch takes beside its key. */
    private static final long WATCH_BYTES = 336;

    /** So that no client can take all. */
    private static final int MAX_OF_CLIENT = 1024;

    /** A client numbers its watches. */
    private record WatchId(RequestStream stream, long number) {}

    /**
     * One watch.
     *
     * @param key what it watches; null for all keys
     * @param since events of earlier moments are not for it
     */
    private record Watcher(WatchId id, @Nullable ByteString key, long since) {}

    private final ServerStats stats;
    private final Map<RequestStream, Integer> counts = new HashMap<>();
    private final Map<WatchId, Watcher> all = new LinkedHashMap<>();
    private final Set<Watcher> ofAllKeys = new LinkedHashSet<>();
    private final Map<ByteString, Set<Watcher>> byKey = new HashMap<>();

    Watchers(ServerStats stats) {
        this.stats = stats;
    }

    /** How much memory a watch takes. */
    static long cost(@Nullable ByteString key) {
        return WATCH_BYTES + (key == null ? 0 : HeapBytes.of(key));
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /**
     * Adds a watch; returns false if there are too many.
     *
     * @param since the moment of the first event that is for it
     */
    boolean add(RequestStream stream, long number, @Nullable ByteString key, long since) {
        remove(stream, number);
        if (all.size() >= MAX_WATCHERS || counts.getOrDefault(stream, 0) >= MAX_OF_CLIENT) {
            return false;
        }
        Watcher watcher = new Watcher(new WatchId(stream, number), key, since);
        all.put(watcher.id, watcher);
        counts.merge(stream, 1, Integer::sum);
        stats.watches(cost(key));
        return key == null
                ? ofAllKeys.add(watcher)
                : byKey.computeIfAbsent(key, k -> new LinkedHashSet<>(2)).add(watcher);
    }

    void remove(RequestStream stream, long number) {
        remove(new WatchId(stream, number));
    }

    private void remove(WatchId id) {
        Watcher watcher = all.remove(id);
        if (watcher == null) {
            return;
        }
        counts.computeIfPresent(id.stream, (stream, count) -> count == 1 ? null : count - 1);
        stats.watches(-cost(watcher.key));
        if (watcher.key == null) {
            ofAllKeys.remove(watcher);
            return;
        }
        Set<Watcher> ofKey = byKey.get(watcher.key);
        if (ofKey != null && ofKey.remove(watcher) && ofKey.isEmpty()) {
            byKey.remove(watcher.key);
        }
    }

    void clientEnded(Client client) {
        List<WatchId> ended = new ArrayList<>(all.keySet());
        ended.removeIf(id -> id.stream.client() != client);
        ended.forEach(this::remove);
    }

    /**
     * Sends an event to those who watch a key, but not to clients that have too many unread;
     * returns how many watch it.
     *
     * @param moment when it happened
     */
    int tell(Change change, ByteString key, @Nullable ByteString value, long moment) {
        Set<Watcher> ofKey = byKey.get(key);
        int count = ofKey == null ? 0 : tell(ofKey, change, key, value, moment);
        return count + tell(ofAllKeys, change, key, value, moment);
    }

    /** A send may cut a client off, which ends no watch within this turn. */
    private static int tell(
            Collection<Watcher> watchers,
            Change change,
            ByteString key,
            @Nullable ByteString value,
            long moment) {
        int count = 0;
        for (Watcher watcher : watchers) {
            if (watcher.since > moment) {
                continue;
            }
            count++;
            if (watcher.id.stream.takesEvents()) {
                Event.Builder event = Event.newBuilder();
                event.setWatch(watcher.id.number).setChange(change).setKey(key);
                if (value != null) {
                    event.setValue(value);
                }
                watcher.id.stream.send(event.build());
            }
        }
        return count;
    }
}
