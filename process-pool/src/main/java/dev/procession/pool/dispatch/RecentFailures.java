package dev.procession.pool.dispatch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.pool.TaskFailure;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The last failures of a pool's tasks. This object itself guards them. */
final class RecentFailures {

    private static final int MOST = 100;
    private static final int LONGEST_MESSAGE = 1_000;

    @GuardedBy("this")
    private final Deque<TaskFailure> last = new ArrayDeque<>();

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
                        worker < 0 ? OptionalInt.empty() : OptionalInt.of(worker));
        synchronized (this) {
            if (last.size() == MOST) {
                last.removeFirst();
            }
            last.addLast(added);
        }
    }

    private static @Nullable String message(Throwable failure) {
        String message;
        try {
            message = failure.getMessage(); // may be the user's code
        } catch (RuntimeException e) {
            return null;
        }
        return message == null || message.length() <= LONGEST_MESSAGE
                ? message
                : message.substring(0, LONGEST_MESSAGE) + "…";
    }

    /** Returns a copy, the oldest one first. */
    synchronized List<TaskFailure> list() {
        return new ArrayList<>(last);
    }
}
