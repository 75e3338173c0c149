package dev.procession.core.lane;

/** Wakes the threads that sleep at the other end of a lane, in this process or in another one. */
final class PeerWaker {

    private final long laneId;
    private final int otherEnd;
    private final Doorbell doorbell;

    /**
     * Wakes the other end of a lane.
     *
     * @param doorbell this end's, through which another process is woken
     */
    PeerWaker(long laneId, int otherEnd, Doorbell doorbell) {
        this.laneId = laneId;
        this.otherEnd = otherEnd;
        this.doorbell = doorbell;
    }

    /** Wakes them. It runs after a commit, and no failure here may make that look undone. */
    void wake() {
        try {
            LocalEnds.LocalEnd peer = LocalEnds.find(laneId, otherEnd);
            if (peer != null) {
                peer.doorbell().wakeHere();
            } else {
                doorbell.wakePeer();
            }
        } catch (OutOfMemoryError e) {
            // A thread that sleeps there checks again by itself, because each sleep is bounded.
        }
    }
}
