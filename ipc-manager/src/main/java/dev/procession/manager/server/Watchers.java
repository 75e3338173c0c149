package dev.procession.manager.server;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Change;
import dev.procession.manager.proto.Event;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The watches of one dict. */
final class Watchers {

    private static final int MAX_WATCHERS = 4096;

    private record Watcher(RequestStream stream, long number, @Nullable ByteString key) {}

    private final List<Watcher> all = new ArrayList<>();

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Adds a watch; returns false if there are too many. */
    boolean add(RequestStream stream, long number, @Nullable ByteString key) {
        remove(stream, number);
        return all.size() < MAX_WATCHERS && all.add(new Watcher(stream, number, key));
    }

    void remove(RequestStream stream, long number) {
        all.removeIf(watcher -> watcher.stream == stream && watcher.number == number);
    }

    void clientEnded(Client client) {
        all.removeIf(watcher -> watcher.stream.client() == client);
    }

    void tell(Change change, ByteString key, @Nullable ByteString value) {
        for (Watcher watcher : all) {
            if (watcher.key == null || watcher.key.equals(key)) {
                Event.Builder event =
                        Event.newBuilder().setWatch(watcher.number).setChange(change).setKey(key);
                if (value != null) {
                    event.setValue(value);
                }
                watcher.stream.send(event.build());
            }
        }
    }
}
