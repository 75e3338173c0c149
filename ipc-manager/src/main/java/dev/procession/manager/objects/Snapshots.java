package dev.procession.manager.objects;

import dev.procession.manager.stream.Call;
import dev.procession.manager.stream.Client;
import dev.procession.manager.stream.LoopTasks;
import dev.procession.manager.stream.ServerNumbers;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The open snapshots of one dict or list. An iteration that its client does not continue ends after
 * some minutes; {@link IterationRoom} tells when one ends for want of room.
 *
 * @param <S> the snapshots
 */
final class Snapshots<S extends OpenSnapshot> {

    static final long IDLE_MINUTES = 5;

    private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(IDLE_MINUTES);

    private final LoopTasks tasks;
    private final IterationRoom room;
    private final LongSupplier clock;
    private final ServerNumbers numbers;

    /** The one that was used longest ago is first. */
    private final Map<Long, S> open = new LinkedHashMap<>(16, 0.75f, true);

    private long last;
    private @Nullable ScheduledFuture<?> timer;

    /**
     * Begins without snapshots.
     *
     * @param room of the iterations of all collections
     * @param clock the time in nanoseconds
     * @param numbers of which theirs are
     */
    Snapshots(LoopTasks tasks, IterationRoom room, LongSupplier clock, ServerNumbers numbers) {
        this.tasks = tasks;
        this.room = room;
        this.clock = clock;
        this.numbers = numbers;
        this.last = numbers.first();
    }

    /** Those that are open; a view. */
    Collection<S> all() {
        return open.values();
    }

    /** Returns the number of a snapshot that is made now. */
    long nextNumber() {
        return ++last;
    }

    /** Adds a snapshot. */
    void add(S snapshot) {
        room.begun(snapshot, () -> remove(snapshot));
        open.put(snapshot.number(), snapshot);
        snapshot.used(clock.getAsLong());
        if (timer == null) {
            planEnd(IDLE_NANOS);
        }
    }

    /** Returns a snapshot whose next page is read; if there is none, refuses the request. */
    @Nullable S next(Call call, long number) {
        S snapshot = open.get(number);
        if (snapshot != null && snapshot.isOf(call.client())) {
            snapshot.used(clock.getAsLong());
            room.used(snapshot);
            return snapshot;
        }
        if (number > numbers.firstOfRun() && number <= last) {
            call.refuse(
                    "the server has ended this iteration: it was not continued for "
                            + IDLE_MINUTES
                            + " minutes, too many others were begun after it, or there was no room"
                            + " for what it kept");
        } else {
            call.refuse("the server was started again during this iteration");
        }
        return null;
    }

    /** Ends a snapshot that has no more pages. */
    void remove(S snapshot) {
        open.remove(snapshot.number());
        room.ended(snapshot);
    }

    /** None is open, and the server forgets the collection: their numbers do not come again. */
    void forgotten() {
        numbers.used(last);
        ScheduledFuture<?> running = timer;
        timer = null;
        if (running != null) {
            running.cancel(false);
        }
    }

    /** Ends a snapshot at its client's wish. */
    void close(Call call, long number) {
        S snapshot = open.get(number);
        if (snapshot != null && snapshot.isOf(call.client())) {
            remove(snapshot);
        }
        call.ok();
    }

    void clientEnded(Client client) {
        List<S> ended = new ArrayList<>(open.values());
        ended.removeIf(snapshot -> !snapshot.isOf(client));
        ended.forEach(this::remove);
    }

    private void planEnd(long nanos) {
        timer = tasks.schedule(this::endIdle, nanos, TimeUnit.NANOSECONDS);
    }

    private void endIdle() {
        timer = null;
        long now = clock.getAsLong();
        while (!open.isEmpty()) {
            S idlest = open.values().iterator().next();
            long rest = IDLE_NANOS - (now - idlest.usedNanos());
            if (rest > 0) {
                planEnd(rest);
                return;
            }
            remove(idlest);
        }
    }
}
