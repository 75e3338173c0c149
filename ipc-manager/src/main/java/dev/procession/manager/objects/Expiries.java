package dev.procession.manager.objects;

import dev.procession.manager.stream.LoopTasks;
import dev.procession.manager.stream.ServerStats;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Comparator;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * When the entries of one dict end. There is one timer, for the first end; an entry that was
 * removed or has another end is not kept.
 */
final class Expiries {

    /** How many entries end in one turn of the loop; others' requests go on between the turns. */
    private static final int ENTRIES_EACH_TURN = 1000;

    private final LoopTasks tasks;
    private final ServerStats stats;
    private final Consumer<Entry> expire;
    private final TreeSet<Expiry> all =
            new TreeSet<>(
                    Comparator.comparingLong(Expiry::endsAt)
                            .thenComparingLong(expiry -> expiry.entry().made));

    private @Nullable ScheduledFuture<?> timer;
    private long timerEnds;

    /**
     * Begins without any.
     *
     * @param expire removes an entry that has ended
     */
    Expiries(LoopTasks tasks, ServerStats stats, Consumer<Entry> expire) {
        this.tasks = tasks;
        this.stats = stats;
        this.expire = expire;
    }

    /** Gives an entry another end; 0 for none. */
    void set(Entry entry, long endsAt) {
        remove(entry);
        if (endsAt != 0) {
            Expiry expiry = new Expiry(endsAt, entry);
            entry.expiry = expiry;
            all.add(expiry);
            stats.expiries(1);
            if (timer == null || endsAt < timerEnds) {
                restartTimer();
            }
        }
    }

    /** Forgets the end of an entry that is removed. */
    void remove(Entry entry) {
        Expiry expiry = entry.expiry;
        if (expiry != null) {
            entry.expiry = null;
            all.remove(expiry);
            stats.expiries(-1);
            if (all.isEmpty()) {
                stopTimer(); // it would keep the dict in memory until a far end
            }
        }
    }

    /** Forgets all entries; they are not changed. */
    void clear() {
        stats.expiries(-all.size());
        all.clear();
        stopTimer();
    }

    /** Has the entries expire that have ended, up to some number; the timer does the rest. */
    void expireSome() {
        long now = System.currentTimeMillis();
        for (int i = 0; i < ENTRIES_EACH_TURN && !all.isEmpty(); i++) {
            Expiry first = all.first();
            if (first.endsAt() > now) {
                return;
            }
            expire.accept(first.entry());
        }
    }

    /** For tests. */
    int size() {
        return all.size();
    }

    /** For tests. */
    boolean hasTimer() {
        return timer != null;
    }

    /** A timer that is too early does no harm, so a later end leaves it as it is. */
    private void restartTimer() {
        stopTimer();
        if (!all.isEmpty()) {
            timerEnds = all.first().endsAt();
            long millis = Math.max(0, timerEnds - System.currentTimeMillis());
            timer = tasks.schedule(this::timerEnded, millis, TimeUnit.MILLISECONDS);
        }
    }

    private void stopTimer() {
        ScheduledFuture<?> running = timer;
        timer = null;
        if (running != null) {
            running.cancel(false);
        }
    }

    private void timerEnded() {
        timer = null;
        try {
            expireSome();
        } finally { // a failure does not end the timer
            restartTimer();
        }
    }
}
