package dev.procession.pool;

import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;
import org.jspecify.annotations.Nullable;

/** What has happened in a pool, counted. Any thread may count; the dispatcher alone times. */
final class Tally {

    private static final int DIGITS = 2;

    private final LongAdder submitted = new LongAdder();
    private final LongAdder returned = new LongAdder();
    private final LongAdder threw = new LongAdder();
    private final LongAdder cancelled = new LongAdder();
    private final LongAdder timedOut = new LongAdder();
    private final LongAdder crashed = new LongAdder();
    private final LongAdder retried = new LongAdder();
    private final LongAdder workersStarted = new LongAdder();
    private final LongAdder workersLost = new LongAdder();
    private final Times run = new Times();
    private final Times wait = new Times();

    void submitted() {
        submitted.increment();
    }

    /** By the dispatcher: a task has ended by itself; {@link #flush} comes later. */
    void ended(boolean success, long runNanos, long waitNanos) {
        (success ? returned : threw).increment();
        run.add(runNanos);
        wait.add(waitNanos);
    }

    void cancelled() {
        cancelled.increment();
    }

    void timedOut() {
        timedOut.increment();
    }

    void crashed() {
        crashed.increment();
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

    /** By the dispatcher, when it has told the futures: nobody waits for the times. */
    void flush() {
        run.flush();
        wait.flush();
    }

    PoolStats stats(int queued, int running) {
        return new PoolStats(
                queued,
                running,
                submitted.sum(),
                returned.sum(),
                threw.sum() + timedOut.sum() + crashed.sum(),
                cancelled.sum(),
                timedOut.sum(),
                crashed.sum(),
                retried.sum(),
                workersStarted.sum(),
                workersLost.sum(),
                run.histogram(),
                wait.histogram());
    }

    /** Times of one kind. The histogram is made late: its classes take long in a cold JVM. */
    private static final class Times {

        private long[] pending = new long[64];
        private int count;
        private volatile @Nullable SingleWriterRecorder recorder;
        private final Object lock = new Object();
        private @Nullable Histogram total;

        void add(long nanos) {
            if (count == pending.length) {
                flush();
            }
            pending[count++] = Math.max(0, nanos);
        }

        void flush() {
            if (count == 0) {
                return;
            }
            SingleWriterRecorder into = recorder;
            if (into == null) {
                into = new SingleWriterRecorder(DIGITS);
                recorder = into;
            }
            for (int i = 0; i < count; i++) {
                into.recordValue(pending[i]);
            }
            count = 0;
        }

        DurationHistogram histogram() {
            synchronized (lock) {
                if (total == null) {
                    total = new Histogram(DIGITS);
                }
                SingleWriterRecorder from = recorder;
                if (from != null) {
                    total.add(from.getIntervalHistogram());
                }
                return new DurationHistogram(total.copy());
            }
        }
    }
}
