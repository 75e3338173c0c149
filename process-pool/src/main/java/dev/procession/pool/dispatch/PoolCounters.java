package dev.procession.pool.dispatch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;
import org.jspecify.annotations.Nullable;

/** Counts what happens in a pool. Any thread may count. */
public final class PoolCounters {

    private static final int DIGITS = 2;

    /**
     * All counts at one moment.
     *
     * @param submitted tasks that were accepted
     * @param succeeded tasks that returned
     * @param failed tasks that threw, ran out of time, lost their worker or could not be run
     * @param cancelled tasks whose futures were cancelled
     * @param timedOut tasks among the failed that ran longer than they may
     * @param crashed tasks among the failed whose workers died
     * @param retried attempts that failed and were repeated
     * @param workersStarted processes that were started
     * @param workersLost processes that did not end normally
     * @param runNanos how long tasks ran
     * @param waitNanos how long tasks were in the pool besides
     */
    public record Snapshot(
            long submitted,
            long succeeded,
            long failed,
            long cancelled,
            long timedOut,
            long crashed,
            long retried,
            long workersStarted,
            long workersLost,
            Histogram runNanos,
            Histogram waitNanos) {}

    private final LongAdder submitted = new LongAdder();
    private final LongAdder returned = new LongAdder();
    private final LongAdder threw = new LongAdder();
    private final LongAdder cancelled = new LongAdder();
    private final LongAdder timedOut = new LongAdder();
    private final LongAdder crashed = new LongAdder();
    private final LongAdder notRun = new LongAdder();
    private final LongAdder retried = new LongAdder();
    private final LongAdder workersStarted = new LongAdder();
    private final LongAdder workersLost = new LongAdder();
    private final Times run = new Times();
    private final Times wait = new Times();

    void submitted() {
        submitted.increment();
    }

    /** Counts a task that has left the pool. */
    void ended(TaskEnd end) {
        switch (end) {
            case RETURNED -> returned.increment();
            case THREW -> threw.increment();
            case TIMED_OUT -> timedOut.increment();
            case CRASHED -> crashed.increment();
            case FAILED -> notRun.increment();
            case CANCELLED -> cancelled.increment();
            case COMPLETED -> {
                // Counted as submitted only.
            }
        }
    }

    /** Adds the times of a task that has returned or thrown; {@link #flush} comes later. */
    void ran(long runNanos, long waitNanos) {
        run.add(runNanos);
        wait.add(waitNanos);
    }

    void retried() {
        retried.increment();
    }

    void workerStarted() {
        workersStarted.increment();
    }

    void workerLost() {
        workersLost.increment();
    }

    /** Records the times, after the futures were completed, because no thread waits for them. */
    void flush() {
        run.flush();
        wait.flush();
    }

    Snapshot snapshot() {
        return new Snapshot(
                submitted.sum(),
                returned.sum(),
                threw.sum() + timedOut.sum() + crashed.sum() + notRun.sum(),
                cancelled.sum(),
                timedOut.sum(),
                crashed.sum(),
                retried.sum(),
                workersStarted.sum(),
                workersLost.sum(),
                run.histogram(),
                wait.histogram());
    }

    /** Times of one kind. */
    private static final class Times {

        @GuardedBy("this")
        private final long[] pending = new long[64];

        @GuardedBy("this")
        private int count;

        private volatile @Nullable Recording recording;

        synchronized void add(long nanos) {
            if (count == pending.length) {
                flush();
            }
            pending[count++] = Math.max(0, nanos);
        }

        synchronized void flush() {
            if (count == 0) {
                return;
            }
            Recording into = recording;
            if (into == null) {
                into = new Recording();
                recording = into;
            }
            into.add(pending, count);
            count = 0;
        }

        Histogram histogram() {
            Recording from = recording;
            return from == null ? new Histogram(DIGITS) : from.histogram();
        }
    }

    /** Made when it is needed, because the classes of a histogram take long to load. */
    private static final class Recording {

        private final SingleWriterRecorder recorder = new SingleWriterRecorder(DIGITS);

        @GuardedBy("this")
        private final Histogram total = new Histogram(DIGITS);

        /** By one thread at a time. */
        void add(long[] nanos, int count) {
            for (int i = 0; i < count; i++) {
                recorder.recordValue(nanos[i]);
            }
        }

        synchronized Histogram histogram() {
            total.add(recorder.getIntervalHistogram());
            return total.copy();
        }
    }
}
