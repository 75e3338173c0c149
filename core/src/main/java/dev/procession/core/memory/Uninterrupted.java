package dev.procession.core.memory;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/**
 * Runs file operations that would fail if the calling thread is interrupted.
 *
 * <p>The JDK closes a channel whose user is interrupted. The short operations here run again
 * instead, with the interrupt flag cleared, and the flag is set again afterwards.
 */
public final class Uninterrupted {

    private Uninterrupted() {}

    /** Runs an operation that opens its own channel and may be repeated. */
    public static <T> T call(Operation<T> operation) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return operation.run();
                } catch (ClosedByInterruptException e) {
                    interrupted = true;
                    Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** An operation on files. */
    @FunctionalInterface
    public interface Operation<T> {
        /** Runs the operation from its beginning. */
        T run() throws IOException;
    }
}
