package dev.procession.pool.protocol;

/**
 * Says in what a task has thrown where that was: in a suppressed exception, so that class, message,
 * causes and stack trace stay those of the task, and a printed stack trace has a line like
 *
 * <pre>
 *     Suppressed: java.lang.Exception: thrown in worker 1 (pid 4711) by task 17 (parse)
 * </pre>
 *
 * <p>It is an exception of the JDK, so that a process without Procession can read it.
 */
public final class TaskOrigin {

    private static final StackTraceElement[] NO_FRAMES = {};

    private TaskOrigin() {}

    /** Returns the text. */
    public static String of(int worker, long pid, String task) {
        return "thrown in worker " + worker + " (pid " + pid + ") by " + task;
    }

    /** Adds the text to an exception, unless its class allows no suppressed ones. */
    public static void addTo(Throwable thrown, String origin) {
        Exception line = new Exception(origin);
        line.setStackTrace(NO_FRAMES); // it would be that of the thread that reads the exception
        thrown.addSuppressed(line);
    }
}
