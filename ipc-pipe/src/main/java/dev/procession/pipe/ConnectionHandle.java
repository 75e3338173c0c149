package dev.procession.pipe;

import dev.procession.core.wire.LaneEnd;
import dev.procession.core.wire.LaneHandle;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.Serial;
import java.io.Serializable;

/**
 * An end on its way to another process; becomes a connection there.
 *
 * @param handle the end of the lane
 * @param direction what the end may do
 */
record ConnectionHandle(LaneHandle handle, Direction direction) implements Serializable {

    @Serial
    private Object readResolve() throws InvalidObjectException {
        try {
            return new LaneConnection<>(LaneEnd.attach(handle, true), direction);
        } catch (IOException e) {
            InvalidObjectException failure =
                    new InvalidObjectException("this end of a pipe cannot be used here");
            failure.initCause(e);
            throw failure;
        }
    }
}
