package dev.procession.core.log;

import org.jspecify.annotations.Nullable;

/**
 * The logger of a class, looked up at its first message: loading the JDK's logging takes 20 ms of a
 * cold start.
 *
 * <p>Instances are constants of the classes that log, and any thread may use them.
 */
public final class Log {

    private final String name;

    private Log(String name) {
        this.name = name;
    }

    /**
     * Returns the log of a class; loads no class of the JDK's logging.
     *
     * @param owner the class that the logger is named for
     */
    public static Log of(Class<?> owner) {
        return new Log(owner.getName());
    }

    /** Looks up the logger. Its methods throw the exceptions of the user's handlers. */
    public System.Logger logger() {
        return System.getLogger(name);
    }

    /**
     * Logs a message and ignores a failure of the logging itself; for threads that serve many
     * others. A handler may take any lock, so the caller must hold none.
     *
     * @param cause the exception to log; null if there is none
     */
    public void report(System.Logger.Level level, String message, @Nullable Throwable cause) {
        try {
            logger().log(level, message, cause);
        } catch (Throwable e) {
            // The only place for this failure is the log, and the log has just failed.
        }
    }
}
