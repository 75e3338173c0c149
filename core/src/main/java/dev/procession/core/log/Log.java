package dev.procession.core.log;

import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/**
 * The logger of a class, looked up at its first message: loading the JDK's logging takes 20 ms of a
 * cold start.
 *
 * <p>Instances are constants of the classes that log, and any thread may use them. It is a logger
 * itself because the JDK's handlers name the first caller that is none as a message's source. But
 * for {@link #report} its methods throw whatever the user's handlers throw.
 */
public final class Log implements System.Logger {

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

    /**
     * Logs, and goes on if the logging itself fails: for threads that serve many. A handler may
     * take any lock, so the caller holds none.
     *
     * @param cause what failed; null if nothing did
     */
    public void report(Level level, String message, @Nullable Throwable cause) {
        try {
            logger().log(level, message, cause);
        } catch (Throwable e) {
            // The only place for this failure is the log, and the log has just failed.
        }
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public boolean isLoggable(Level level) {
        return logger().isLoggable(level);
    }

    @Override
    public void log(
            Level level,
            @Nullable ResourceBundle bundle,
            @Nullable String message,
            @Nullable Throwable cause) {
        logger().log(level, bundle, message, cause);
    }

    @Override
    public void log(
            Level level,
            @Nullable ResourceBundle bundle,
            @Nullable String format,
            @Nullable Object @Nullable ... parameters) {
        logger().log(level, bundle, format, parameters);
    }

    private System.Logger logger() {
        return System.getLogger(name);
    }
}
