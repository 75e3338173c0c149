package dev.procession.manager.server;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Change;
import dev.procession.manager.proto.Event;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who wants to hear of changes to one dict. */
final class Watchers {

    private static final int MAX_WATCHERS = 4096;

    private record Watcher(Lane lane, long number, @Nullable ByteString key) {}

    private final List<Watcher> all = new ArrayList<>();

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** False if there are too many. */
    boolean add(Lane lane, long number, @Nullable ByteString key) {
        remove(lane, number);
        return all.size() < MAX_WATCHERS && all.add(new Watcher(lane, number, key));
    }

    void remove(Lane lane, long number) {
        all.removeIf(watcher -> watcher.lane == lane && watcher.number == number);
    }

    void clientEnded(Client client) {
        all.removeIf(watcher -> watcher.lane.client() == client);
    }

    void tell(Change change, ByteString key, @Nullable ByteString value) {
        for (Watcher watcher : all) {
            if (watcher.key == null || watcher.key.equals(key)) {
                Event.Builder event =
                        Event.newBuilder().setWatch(watcher.number).setChange(change).setKey(key);
                if (value != null) {
                    event.setValue(value);
                }
                watcher.lane.send(event.build());
            }
        }
    }
}
