package dev.procession.system.tool;

import java.util.Random;
import java.util.concurrent.TimeUnit;

/** The counts of a storm of pipes so far. Thread-safe. */
public final class PipeStormCounts {

    private final StormPoints points;
    private final int wanted;
    private int longStops;
    private boolean givenUp;
    private int deaths;
    private long sent;
    private long received;
    private long longestWait;

    public PipeStormCounts(StormPoints points, int wanted, int longStops) {
        this.points = points;
        this.wanted = wanted;
        this.longStops = longStops;
    }

    public synchronized boolean isEnough() {
        return givenUp || (deaths >= wanted && points.areDone());
    }

    /** Records that one place of the storm has failed, so that the others stop. */
    public synchronized void giveUp() {
        givenUp = true;
    }

    /**
     * Where the next victim dies, in the form that {@code KillPoint} reads; empty for any instant.
     */
    public synchronized String choose(Random random) {
        return deaths < wanted && random.nextInt(3) > 0 ? "" : points.choose(false, random);
    }

    public synchronized void countAt(String point) {
        points.count(point);
    }

    public synchronized void countRandom(int number) {
        deaths += number;
    }

    /** True for the few processes that are stopped for seconds. */
    public synchronized boolean takeLongStop() {
        return longStops > 0 && longStops-- > 0;
    }

    public synchronized void countMessages(int newlySent, int newlyReceived) {
        sent += newlySent;
        received += newlyReceived;
    }

    /** Counts how long a process has waited for the report of an end. */
    public synchronized void countWait(long nanos) {
        longestWait = Math.max(longestWait, nanos);
    }

    public synchronized long longestWaitMillis() {
        return TimeUnit.NANOSECONDS.toMillis(longestWait);
    }

    @Override
    public synchronized String toString() {
        return deaths
                + " deaths at random, at places "
                + points
                + "; "
                + sent
                + " sent, "
                + received
                + " received, longest wait for an end "
                + longestWaitMillis()
                + " ms";
    }
}
