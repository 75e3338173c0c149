package dev.procession.pool.dispatch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.pool.TaskFailure;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The last failures of a pool's tasks. This object itself guards them. */
final class RecentFailures {

    private static final int MOST = 100;
    private static final int LONGEST_MESSAGE = 1_000;
    private static final int LONGEST_STACK = 8_000;

    /** The pause after a failure whose stack was kept; to print one takes some ten microseconds. */
    private static final long STACK_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    @GuardedBy("this")
    private final Deque<TaskFailure> last = new ArrayDeque<>();

    /** When a stack was kept; 0 before the first. */
    @GuardedBy("this")
    private long stackAt;

    /**
     * Adds a failure.
     *
     * @param worker the index of the worker; less than 0 if none ran the task
     */
    void add(long taskId, @Nullable String taskName, Throwable failure, int worker) {
        TaskFailure added =
                new TaskFailure(
                        taskId,
                        taskName,
                        Instant.now(),
                        failure.getClass().getName(),
                        message(failure),
                        isStackDue() ? stack(failure) : null,
                        worker < 0 ? OptionalInt.empty() : OptionalInt.of(worker));
        synchronized (this) {
            if (last.size() == MOST) {
                last.removeFirst();
            }
            last.addLast(added);
        }
    }

    private synchronized boolean isStackDue() {
        long now = System.nanoTime();
        boolean due = stackAt == 0 || now - stackAt > STACK_PAUSE_NANOS;
        if (due) {
            stackAt = now;
        }
        return due;
    }

    private static @Nullable String stack(Throwable failure) {
        StringWriter text = new StringWriter();
        try {
            failure.printStackTrace(new PrintWriter(text)); // may be the user's code
        } catch (RuntimeException e) {
            return null;
        }
        return shortened(text.toString(), LONGEST_STACK);
    }

    private static @Nullable String message(Throwable failure) {
        String message;
        try {
            message = failure.getMessage(); // may be the user's code
        } catch (RuntimeException e) {
            return null;
        }
        return message == null ? null : shortened(message, LONGEST_MESSAGE);
    }

    private static String shortened(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest) + "…";
    }

    /** Returns a copy, the oldest one first. */
    synchronized List<TaskFailure> list() {
        return new ArrayList<>(last);
    }
}
