package dev.procession.manager.stream;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The memory for large requests that have begun to arrive, of all connections together. A request
 * has its whole room before its content is read; without room it waits in the client's socket, in
 * the order of arrival. While one waits, those that have room must arrive within a time; otherwise
 * their connections are closed. Used by the server's thread alone.
 */
public final class LargeFrames {

    /** Requests up to this size need no room of these: each connection may have one. */
    static final int SMALL_BYTES = 1 << 16;

    /** How long nothing of a request may come while another one waits for room. */
    private static final long STILL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** How fast all of it must come after that. */
    private static final long BYTES_PER_SECOND = 8 << 20;

    private static final long CHECK_MILLIS = 50;

    private final LoopTasks tasks;
    private final ServerBounds bounds;
    private final ServerStats stats;
    private final LongSupplier clock;
    private final Set<RequestFrames> begun = new LinkedHashSet<>();
    private final Set<RequestFrames> waiting = new LinkedHashSet<>();
    private long bytes;

    /** Since when requests have been waiting, without a pause. */
    private long waitingSince;

    /** The next check is planned. */
    private boolean checking;

    private long plannedAt;

    public LargeFrames(
            LoopTasks tasks, ServerBounds bounds, ServerStats stats, LongSupplier clock) {
        this.tasks = tasks;
        this.bounds = bounds;
        this.stats = stats;
        this.clock = clock;
    }

    /**
     * Takes room for a connection's next request; returns false if there is none. Then the
     * connection is told to go on when it has room.
     */
    boolean begin(RequestFrames frames) {
        if (waiting.stream().noneMatch(RequestFrames::isClientReading) && hasRoom(frames)) {
            give(frames);
            return true;
        }
        if (waiting.isEmpty()) {
            waitingSince = clock.getAsLong();
        }
        waiting.add(frames);
        planCheck();
        return false;
    }

    /** A connection's request is whole and was handled, or the connection has ended. */
    void end(RequestFrames frames) {
        boolean waited = waiting.remove(frames);
        boolean had = begun.remove(frames);
        if (had) {
            bytes -= frames.bytes();
        }
        if (had || waited) {
            giveToWaiting();
        }
    }

    /**
     * Whether there is room, also if the request will have to wait until it can be carried out. One
     * request has room in any case, or a full queue could never be confirmed away; but not that of
     * a client that reads no answers, as its queue stands for as long as it likes.
     */
    private boolean hasRoom(RequestFrames frames) {
        long with = bytes + frames.bytes();
        long withQueued = with + stats.queuedBytes();
        boolean fits =
                with <= bounds.begunBytes()
                        && withQueued <= bounds.begunBytes() + bounds.allQueuedBytes();
        return fits || (begun.isEmpty() && frames.isClientReading());
    }

    private void give(RequestFrames frames) {
        bytes += frames.bytes();
        begun.add(frames);
        frames.begin(clock);
    }

    private void giveToWaiting() {
        for (RequestFrames next : List.copyOf(waiting)) {
            if (hasRoom(next)) {
                waiting.remove(next);
                give(next);
                tasks.execute(next::goOn);
            } else if (next.isClientReading()) {
                return; // no smaller one behind it goes first; whoever reads nothing is passed over
            }
        }
    }

    private void planCheck() {
        if (!checking && !waiting.isEmpty()) {
            checking = true;
            plannedAt = clock.getAsLong();
            Object unused = tasks.schedule(this::check, CHECK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Closes connections whose requests have come to a stop while others wait for their room. */
    private void check() {
        checking = false;
        giveToWaiting(); // queued requests may have been carried out
        if (!waiting.isEmpty()) {
            long now = clock.getAsLong();
            if (now - plannedAt > 2 * TimeUnit.MILLISECONDS.toNanos(CHECK_MILLIS)) {
                waitingSince = now; // the server stood still: what came meanwhile is not read
            }
            for (RequestFrames frames : List.copyOf(begun)) {
                if (isLate(frames, now)) {
                    frames.cutOff();
                }
            }
        }
        planCheck();
    }

    private boolean isLate(RequestFrames frames, long now) {
        if (frames.isHeldBack(now, STILL_NANOS)) {
            return false;
        }
        long all = frames.bytes() * TimeUnit.SECONDS.toNanos(1) / BYTES_PER_SECOND + STILL_NANOS;
        return now - Math.max(frames.lastRead(), waitingSince) > STILL_NANOS
                || now - Math.max(frames.begunAt(), waitingSince) > all;
    }
}
