package dev.procession.core.lane;

/** What is known of who holds the other end of a lane. */
public enum PeerState {
    /** Somebody holds it, or will: it is on its way to a new holder. */
    PRESENT,
    /** Its holder closed it. */
    CLOSED,
    /** Its holder died; the kernel has proven it. */
    DEAD
}
