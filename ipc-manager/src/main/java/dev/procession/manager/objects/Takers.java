package dev.procession.manager.objects;

import dev.procession.manager.stream.AnswerRoom;
import dev.procession.manager.stream.Call;
import dev.procession.manager.stream.Client;
import dev.procession.manager.stream.LoopTasks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for the elements of one queue, in the order in which they came. Those of a
 * client that has no room for another answer are passed over, until it has confirmed some. After
 * some seconds of that, while there was an element all the time, the first of them is refused.
 */
final class Takers {

    /** How often is looked whether a client was passed over for too long. */
    private static final long CHECK_MILLIS = 500;

    private final LoopTasks tasks;

    /** Serves those that wait. */
    private final Runnable serve;

    /** With the number of each; those of one client in their order. */
    private final Map<Client, Map<Call, Long>> byClient = new HashMap<>();

    /** The requests of each client, by the number of the first one. */
    private final TreeMap<Long, Map<Call, Long>> byFirst = new TreeMap<>();

    /** Since when clients are passed over. Each has a request here. */
    private final Map<Client, Long> passedOver = new HashMap<>();

    /** The next check is planned. */
    private boolean checking;

    private long came;

    Takers(LoopTasks tasks, Runnable serve) {
        this.tasks = tasks;
        this.serve = serve;
    }

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
            passedOver.remove(call.client());
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
        passedOver.remove(client);
        if (own != null) {
            byFirst.remove(first(own.values()));
        }
    }

    /** Returns the first request whose client has room for an element; null if there is none. */
    @Nullable Call next(long bytes) {
        for (Map<Call, Long> own : byFirst.values()) {
            Call first = first(own.keySet());
            if (first.stream().hasRoomFor(bytes)) {
                return first;
            }
            first.stream().whenRoom(bytes, serve);
            passedOver.putIfAbsent(first.client(), System.nanoTime());
        }
        planCheck();
        return null;
    }

    /** Notes that there is no element, so that none of the requests waits for room. */
    void noElement() {
        passedOver.clear();
    }

    private void planCheck() {
        if (!checking && !passedOver.isEmpty()) {
            checking = true;
            Object unused =
                    tasks.schedule(
                            // After the confirmations that have arrived meanwhile.
                            () -> tasks.executeNextTurn(this::refuseLate),
                            CHECK_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
    }

    /** Refuses the first request of each client that was passed over for too long. */
    private void refuseLate() {
        checking = false;
        serve.run(); // there may be room now
        long now = System.nanoTime();
        List<Call> late = new ArrayList<>();
        passedOver.forEach(
                (client, since) -> {
                    Map<Call, Long> own = byClient.get(client);
                    if (own != null && now - since >= AnswerRoom.PATIENCE_NANOS) {
                        late.add(first(own.keySet()));
                    }
                });
        for (Call call : late) {
            if (remove(call)) {
                call.fail(call.stream().noRoom());
            }
        }
        serve.run(); // those behind them
        planCheck();
    }

    private static <T> T first(Iterable<T> several) {
        return several.iterator().next();
    }
}
