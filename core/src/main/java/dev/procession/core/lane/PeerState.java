package dev.procession.core.lane;

/** The state of the holder of the other end of a lane. */
public enum PeerState {
    /** The other end has a holder, or is on its way to one. */
    PRESENT,
    /** Its holder closed it. */
    CLOSED,
    /** Its holder died, as the kernel has proven. */
    DEAD
}
