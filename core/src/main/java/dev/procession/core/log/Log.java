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
     * Returns the log of a class, and loads nothing.
     *
     * @param owner the class whose name the logger has
     */
    public static Log of(Class<?> owner) {
        return new Log(owner.getName());
    }

    /** Looks up the logger. Its methods throw whatever the user's handlers throw. */
    public System.Logger logger() {
        return System.getLogger(name);
    }

    /**
     * Logs, and goes on if the logging itself fails: for threads that serve many. A handler may
     * take any lock, so the caller holds none.
     *
     * @param cause what failed; null if nothing did
     */
    public void report(System.Logger.Level level, String message, @Nullable Throwable cause) {
        try {
            logger().log(level, message, cause);
        } catch (Throwable e) {
            // The only place for this failure is the log, and the log has just failed.
        }
    }
}
