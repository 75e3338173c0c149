package dev.procession.pipe;

import dev.procession.core.codec.ReceivedEnds;
import dev.procession.core.lane.LaneEnd;
import dev.procession.core.lane.LaneHandle;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.Serial;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * An end on its way to another process; becomes a connection there.
 *
 * @param handle the end of the lane
 * @param direction what the end may do
 * @param options the pipe's
 * @param partial what was consumed of the next message already, or null
 */
record ConnectionHandle(
        LaneHandle handle,
        Direction direction,
        PipeOptions options,
        @Nullable PartialMessage partial)
        implements Serializable {

    @Serial
    private Object readResolve() throws InvalidObjectException {
        try {
            LaneEnd end = LaneEnd.attach(handle);
            ReceivedEnds.add(end::close);
            return new WireConnection<>(end, direction, options, partial);
        } catch (IOException e) {
            InvalidObjectException failure =
                    new InvalidObjectException("this end of a pipe cannot be used here");
            failure.initCause(e);
            throw failure;
        }
    }
}
