package dev.procession.core.lane;

import java.io.IOException;

/** The lane cannot be used any more from this end: it was closed here, or moved away. */
public final class LaneEndedException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Describes whether the end was closed or moved. */
    public LaneEndedException(String message) {
        super(message);
    }
}
