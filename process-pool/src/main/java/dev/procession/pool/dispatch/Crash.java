package dev.procession.pool.dispatch;

import dev.procession.core.WorkerCrashedException;
import dev.procession.core.launch.ExitCode;
import dev.procession.core.launch.ExitStatus;
import java.util.List;

/**
 * The death of a worker that the pool had not asked to exit.
 *
 * @param worker its name
 * @param status how it ended
 * @param byKernel whether the kernel's out-of-memory killer did it
 */
record Crash(String worker, ExitStatus status, boolean byKernel) {

    /** SIGKILL. */
    static final int KILL = 9;

    /** Makes the failure of a task that the worker was running. */
    WorkerCrashedException during(String work) {
        return failure(end().append(" while it ran ").append(work));
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
        if (status.crashFile() != null) {
            text.append(", crash file=").append(status.crashFile());
        }
        if (!status.lastOutput().isEmpty()) {
            text.append(", last output:\n").append(status.lastOutput());
        }
        return new WorkerCrashedException(
                text.toString(),
                status.pid(),
                status.code(),
                status.lastOutput(),
                status.crashFile(),
                byKernel);
    }
}
