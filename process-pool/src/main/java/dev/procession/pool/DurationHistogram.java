package dev.procession.pool;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/** The distribution of durations, to two decimal digits. Immutable. */
public final class DurationHistogram {

    private final Histogram nanos;

    DurationHistogram(Histogram nanos) {
        this.nanos = nanos;
    }

    /**
     * Returns how many durations there were.
     *
     * @return the number
     */
    public long count() {
        return nanos.getTotalCount();
    }

    /**
     * Returns the shortest duration.
     *
     * @return zero if there was none
     */
    public Duration min() {
        return Duration.ofNanos(count() == 0 ? 0 : nanos.getMinValue());
    }

    /**
     * Returns the average duration.
     *
     * @return zero if there was none
     */
    public Duration mean() {
        return Duration.ofNanos((long) nanos.getMean());
    }

    /**
     * Returns the longest duration.
     *
     * @return zero if there was none
     */
    public Duration max() {
        return Duration.ofNanos(nanos.getMaxValue());
    }

    /**
     * Returns the duration that this percentage of durations did not exceed.
     *
     * @param percent from 0 to 100; 50 gives the median
     * @return zero if there was none
     */
    public Duration percentile(double percent) {
        return Duration.ofNanos(nanos.getValueAtPercentile(percent));
    }

    @Override
    public String toString() {
        return "count="
                + count()
                + ", p50="
                + percentile(50)
                + ", p99="
                + percentile(99)
                + ", max="
                + max();
    }
}
