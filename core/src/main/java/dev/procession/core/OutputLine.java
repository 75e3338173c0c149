package dev.procession.core;

import org.jspecify.annotations.Nullable;

/**
 * A line that a child process has printed, and where it comes from: what the thread's name is in
 * the line of a log.
 *
 * <p>A line is read after it was written, and meanwhile a worker may run its next task. Therefore a
 * worker says at the begin of each line of its {@code System.out} and {@code System.err} which task
 * it runs then, and that task is told, however late the line is read. The task is the worker's, so
 * a thread that a task has left running prints in the name of whatever task the worker runs.
 *
 * <p>Lines that go another way have no such mark: those of native code, of the JVM itself, of
 * programs that a task has started and that print to the worker's output, and of a {@code
 * System.out} that the task has set. They are said to be of the task that the worker runs when the
 * line is read, which for short tasks may be a later one. So are lines that two threads or two
 * programs have mixed up.
 *
 * @param process the name of the child; a worker's has the name of the pool and its place
 * @param pid its process id
 * @param stream where it printed the line
 * @param text without its end; a line of more than 8192 characters comes in pieces
 * @param pool the name of the pool, or null if the child is no worker
 * @param worker the worker's place in the pool; -1 if the child is no worker
 * @param task the number of the task, as {@code TaskFuture.id()} has it; 0 if the worker ran none
 * @param taskName the task's name; null if it has none, or if this line is read so late that the
 *     worker has ended a thousand tasks since
 */
public record OutputLine(
        String process,
        long pid,
        ProcessOutput.Stream stream,
        String text,
        @Nullable String pool,
        int worker,
        long task,
        @Nullable String taskName) {

    /**
     * Returns the text with its origin before it, as {@link ProcessOutput#forward} prints it:
     * {@code [name] text} of a child, {@code [pool-0 pid 4711, task 17 (parse)] text} of a worker.
     *
     * @return the text
     */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder("[").append(process);
        if (pool != null) {
            line.append(" pid ").append(pid);
        }
        if (task != 0) {
            line.append(", task ").append(task);
        }
        if (taskName != null) {
            line.append(" (").append(taskName).append(')');
        }
        return line.append("] ").append(text).toString();
    }
}
