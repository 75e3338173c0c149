package dev.procession.pool.dispatch;

import java.util.concurrent.TimeUnit;

/**
 * How many tasks a worker may have ahead, besides the one that it runs. What is ahead spares the
 * worker a round trip between two tasks, and has to wait if the running task turns out to be long.
 * So the number follows the measured run times: it begins with one, doubles with each result, and
 * stays so small that about {@value #WINDOW_NANOS} ns of work are ahead.
 *
 * <p>The {@link WorkerRun} guards it.
 */
final class Credit {

    /**
     * So much work, by the mean run time, is sent ahead; a task that takes longer is a long one.
     */
    static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final int MOST = 512;

    /**
     * The weights of a new run time in the mean, as shifts. A shorter one counts more: code that
     * runs for the first time takes many times longer than it will.
     */
    private static final int LONGER = 3;

    private static final int SHORTER = 1;

    private int ahead = 1;
    private long meanNanos = -1;

    /** Returns how many tasks may be ahead. */
    int ahead() {
        return ahead;
    }

    /** Returns the mean run time of the last tasks; less than 0 if none has ended. */
    long meanNanos() {
        return meanNanos;
    }

    /** A task has ended after so long. */
    void ended(long runNanos) {
        if (meanNanos < 0) {
            meanNanos = runNanos;
        } else {
            long difference = runNanos - meanNanos;
            meanNanos += difference >> (difference < 0 ? SHORTER : LONGER);
        }
        long most = Math.max(1, Math.min(MOST, WINDOW_NANOS / Math.max(1, meanNanos)));
        ahead = (int) Math.min(most, Math.max(1, 2L * ahead));
    }

    /** What was ahead had to wait: nothing more is sent ahead until the next result. */
    void recalled() {
        ahead = 0;
    }
}
