package dev.procession.manager.server;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Change;
import dev.procession.manager.proto.Event;
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

    /** A client numbers its watches. */
    private record Watcher(RequestStream stream, long number) {}

    /** What each watches; null for all keys. */
    private final Map<Watcher, @Nullable ByteString> all = new LinkedHashMap<>();

    private final Set<Watcher> ofAllKeys = new LinkedHashSet<>();
    private final Map<ByteString, Set<Watcher>> byKey = new HashMap<>();

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Adds a watch; returns false if there are too many. */
    boolean add(RequestStream stream, long number, @Nullable ByteString key) {
        remove(stream, number);
        if (all.size() >= MAX_WATCHERS) {
            return false;
        }
        Watcher watcher = new Watcher(stream, number);
        all.put(watcher, key);
        return key == null
                ? ofAllKeys.add(watcher)
                : byKey.computeIfAbsent(key, k -> new LinkedHashSet<>(2)).add(watcher);
    }

    void remove(RequestStream stream, long number) {
        remove(new Watcher(stream, number));
    }

    private void remove(Watcher watcher) {
        if (!all.containsKey(watcher)) {
            return;
        }
        ByteString key = all.remove(watcher);
        if (key == null) {
            ofAllKeys.remove(watcher);
            return;
        }
        Set<Watcher> ofKey = byKey.get(key);
        if (ofKey != null && ofKey.remove(watcher) && ofKey.isEmpty()) {
            byKey.remove(key);
        }
    }

    void clientEnded(Client client) {
        List<Watcher> ended = new ArrayList<>(all.keySet());
        ended.removeIf(watcher -> watcher.stream.client() != client);
        ended.forEach(this::remove);
    }

    void tell(Change change, ByteString key, @Nullable ByteString value) {
        if (all.isEmpty()) {
            return;
        }
        Set<Watcher> ofKey = byKey.get(key);
        if (ofKey != null) {
            tell(ofKey, change, key, value);
        }
        tell(ofAllKeys, change, key, value);
    }

    /** A send may cut a client off, which ends no watch within this turn. */
    private static void tell(
            Collection<Watcher> watchers,
            Change change,
            ByteString key,
            @Nullable ByteString value) {
        for (Watcher watcher : watchers) {
            Event.Builder event =
                    Event.newBuilder().setWatch(watcher.number).setChange(change).setKey(key);
            if (value != null) {
                event.setValue(value);
            }
            watcher.stream.send(event.build());
        }
    }
}
