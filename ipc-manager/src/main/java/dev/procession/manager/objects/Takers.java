package dev.procession.manager.objects;

import dev.procession.manager.stream.Call;
import dev.procession.manager.stream.Client;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for the elements of one queue, in the order in which they came. Those of a
 * client that has no room for another answer are passed over, until it has confirmed some.
 */
final class Takers {

    /** With the number of each; those of one client in their order. */
    private final Map<Client, Map<Call, Long>> byClient = new HashMap<>();

    /** The requests of each client, by the number of the first one. */
    private final TreeMap<Long, Map<Call, Long>> byFirst = new TreeMap<>();

    private long came;

    boolean isEmpty() {
        return byClient.isEmpty();
    }

    int size() {
        int sum = 0;
        for (Map<Call, Long> own : byClient.values()) {
            sum += own.size();
        }
        return sum;
    }

    /** Whether a request of a client waits. */
    boolean has(Client client) {
        return byClient.containsKey(client);
    }

    void add(Call call) {
        Map<Call, Long> own =
                byClient.computeIfAbsent(call.client(), client -> new LinkedHashMap<>());
        came++;
        if (own.isEmpty()) {
            byFirst.put(came, own);
        }
        own.put(call, came);
    }

    /** Removes a request; returns false if it does not wait. */
    boolean remove(Call call) {
        Map<Call, Long> own = byClient.get(call.client());
        Long number = own == null ? null : own.remove(call);
        if (own == null || number == null) {
            return false;
        }
        if (byFirst.remove(number, own)) {
            if (own.isEmpty()) {
                byClient.remove(call.client());
            } else {
                byFirst.put(first(own.values()), own);
            }
        }
        return true;
    }

    /** Removes the requests of a client. */
    void remove(Client client) {
        Map<Call, Long> own = byClient.remove(client);
        if (own != null) {
            byFirst.remove(first(own.values()));
        }
    }

    /**
     * Returns the first request whose client has room for an element; null if there is none.
     *
     * @param whenRoom run when a client that was passed over has more room
     */
    @Nullable Call next(long bytes, Runnable whenRoom) {
        for (Map<Call, Long> own : byFirst.values()) {
            Call first = first(own.keySet());
            if (first.stream().hasRoomFor(bytes)) {
                return first;
            }
            first.stream().whenRoom(bytes, whenRoom);
        }
        return null;
    }

    private static <T> T first(Iterable<T> several) {
        return several.iterator().next();
    }
}
