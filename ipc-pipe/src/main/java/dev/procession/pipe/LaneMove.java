package dev.procession.pipe;

import dev.procession.core.lane.LaneEnd;
import dev.procession.core.lane.LaneHandle;
import dev.procession.core.transfer.Transfers;
import java.io.IOException;

/**
 * An end of a lane on its way to another process.
 *
 * @param lane the end, as it was here
 * @param handle what travels
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
