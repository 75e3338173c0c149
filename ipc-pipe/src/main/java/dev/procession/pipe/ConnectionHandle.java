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
 * What is sent to another process instead of an end. Decoding it makes a connection there.
 *
 * @param handle the end of the lane
 * @param direction whether the end sends, receives, or both
 * @param options the pipe's
 * @param partial the part of the next message that was already consumed, or null
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
