package dev.procession.pipe;

import dev.procession.core.lane.LaneEnd;
import dev.procession.core.lane.LaneHandle;
import dev.procession.core.transfer.Transfers;
import java.io.IOException;

/**
 * The move of a lane's end to another process.
 *
 * @param lane the end in this process
 * @param handle what is sent to the other process
 */
record LaneMove(LaneEnd lane, LaneHandle handle) implements Transfers.Move {

    @Override
    public void takeBack() throws IOException {
        lane.takeBack(handle);
    }

    @Override
    public void abandon() throws IOException {
        lane.abandon(handle);
    }

    @Override
    public boolean isUnderWay() {
        return lane.isUnderWay(handle);
    }
}
