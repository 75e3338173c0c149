package dev.procession.pool.dispatch;

import dev.procession.core.WorkerCrashedException;
import dev.procession.core.launch.ExitCode;
import dev.procession.core.launch.ExitStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The death of a worker that the pool had not asked to exit.
 *
 * @param worker its name
 * @param status how it ended
 * @param byKernel whether the kernel's out-of-memory killer did it
 * @param stackAtKill where its task was, if the pool killed it because the task did not end
 */
record Crash(
        String worker, ExitStatus status, boolean byKernel, @Nullable StackRequest stackAtKill) {

    /** SIGKILL. */
    static final int KILL = 9;

    /** Makes the failure of a task that the worker was running. */
    WorkerCrashedException during(String work) {
        return failure(running(work));
    }

    private StringBuilder running(String work) {
        StringBuilder text = end().append(" while it ran ").append(work);
        return stackAtKill == null ? text : text.append(", which did not end in time");
    }

    /**
     * Returns the line for the log: what the future of a task does not report.
     *
     * @param work what it was running
     * @param isReported whether a future has failed with {@link #during}
     */
    String line(String work, boolean isReported) {
        StackRequest kill = stackAtKill;
        if (kill == null && !isReported) {
            return String.valueOf(during(work).getMessage());
        }
        StringBuilder text = running(work).append(": pid=").append(status.pid());
        return kill == null ? text.toString() : text.append(kill.stack().paragraph()).toString();
    }

    /** Makes the failure of a start: the JVM refused, or it was killed. */
    WorkerCrashedException asItStarted() {
        StringBuilder text = end();
        if (status.code() != ExitCode.START_FAILED.code()) { // that code says so
            text.append(" as it started");
        }
        return failure(text);
    }

    /** Makes the failure of a start whose initializer has thrown. */
    WorkerCrashedException asItStarted(Throwable initializer) {
        return failure(
                new StringBuilder(worker)
                        .append(" could not start because its initializer threw ")
                        .append(initializer));
    }

    private StringBuilder end() {
        StringBuilder text = new StringBuilder(worker).append(' ').append(status.describe());
        if (byKernel) {
            text.append(", by the kernel's out-of-memory killer,");
        }
        return text;
    }

    /** Makes the failure of a task whose worker died at each attempt. */
    WorkerCrashedException last(Task task, List<WorkerCrashedException> before) {
        if (before.isEmpty()) {
            return during(task.description());
        }
        StringBuilder text = new StringBuilder();
        text.append(task.description()).append(" killed each worker that ran it: pids=");
        for (WorkerCrashedException crash : before) {
            text.append(crash.pid()).append(", ");
        }
        text.append(status.pid()).append("; the last one ");
        text.append(status.describe());
        if (byKernel) {
            text.append(" by the kernel's out-of-memory killer");
        }
        WorkerCrashedException settlement = failure(text);
        before.forEach(settlement::addSuppressed);
        return settlement;
    }

    private WorkerCrashedException failure(StringBuilder text) {
        text.append(": pid=").append(status.pid());
        TaskStack where = stackAtKill == null ? null : stackAtKill.stack();
        if (where != null) {
            text.append("; ").append(where.summary());
        }
        if (status.crashFile() != null) {
            text.append(", crash file=").append(status.crashFile());
        }
        if (!status.lastOutput().isEmpty()) {
            text.append(", last output:\n").append(status.lastOutput());
        }
        WorkerCrashedException failure =
                new WorkerCrashedException(
                        text.toString(),
                        status.pid(),
                        status.code(),
                        status.lastOutput(),
                        status.crashFile(),
                        byKernel);
        if (where != null) {
            failure.setStackTrace(where.trace());
        }
        return failure;
    }
}
