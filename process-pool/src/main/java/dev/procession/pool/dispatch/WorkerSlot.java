package dev.procession.pool.dispatch;

import dev.procession.core.lane.LaneEnd;
import dev.procession.core.lane.LaneHandle;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One place in the pool: what outlives its worker processes, of which it has one at a time or none.
 *
 * <p>Guarded by the pool's lock, except for {@link #openLane}, which only the thread that starts a
 * worker here calls.
 */
final class WorkerSlot {

    private final int index;
    private final PoolOptions options;

    private @Nullable WorkerRun run;

    /** How many processes were started here. */
    private int starts;

    /** Each worker gets the lane of its predecessor, emptied. */
    private @Nullable LaneEnd lane;

    WorkerSlot(int index, PoolOptions options) {
        this.index = index;
        this.options = options;
    }

    int index() {
        return index;
    }

    /** Returns what messages and threads call the worker. */
    String name() {
        return options.workerName(index);
    }

    /** Whether a worker may be started here. */
    boolean isFree() {
        return run == null;
    }

    /** Makes the object of a worker that is about to be started here. */
    WorkerRun reserve(String mark, boolean asSpare) {
        WorkerRun reserved = new WorkerRun(this, options, mark, asSpare);
        run = reserved;
        return reserved;
    }

    /** A worker's process was started here; returns how many there were before. */
    int started() {
        return starts++;
    }

    /** The worker has ended, or could not be started. */
    void release() {
        run = null;
    }

    /** Opens the lane for a worker that is about to start; returns the worker's end of it. */
    LaneHandle openLane(int capacity) throws IOException {
        LaneEnd mine = lane;
        if (mine != null) {
            return mine.renew();
        }
        LaneEnd[] pair = LaneEnd.createPair(capacity);
        lane = pair[0];
        return pair[1].move();
    }

    /** Returns the parent's end of the lane; null if no worker was ever started here. */
    @Nullable LaneEnd lane() {
        return lane;
    }

    void closeLane() throws IOException {
        if (lane != null) {
            lane.destroy();
        }
    }
}
