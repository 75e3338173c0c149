package dev.procession.pool;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** Log messages of threads that go on whatever the user's logging does. */
final class Reports {

    private Reports() {}

    /** Logs, and survives a logger that throws. Not under a lock, for a logger may take any. */
    static void report(Class<?> from, Level level, String what, @Nullable Throwable cause) {
        try {
            System.getLogger(from.getName()).log(level, what, cause);
        } catch (Throwable e) {
            // There is nowhere left to say it, and the tasks of others matter more.
        }
    }
}
