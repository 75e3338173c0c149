package dev.procession.manager.client;

/**
 * When a call ends whatever the server does. The server keeps time as well and answers; this is for
 * one that stands still, so it is a little later.
 */
final class Deadline {

    /** What a server may take to answer when the time is over, or after an interrupt. */
    static final long GRACE_NANOS = 800_000_000;

    private boolean limited;
    private long time;

    /** Ends so much later than now, or as before if that is earlier. */
    void atMost(long nanos) {
        long candidate = System.nanoTime() + Math.min(nanos, Long.MAX_VALUE / 4);
        if (!limited || candidate - time < 0) {
            limited = true;
            time = candidate;
        }
    }

    /** Whether there is an end at all. */
    boolean isLimited() {
        return limited;
    }

    /** The end by {@link System#nanoTime}, if there is one. */
    long time() {
        return time;
    }

    boolean isOver() {
        return limited && System.nanoTime() - time >= 0;
    }
}
