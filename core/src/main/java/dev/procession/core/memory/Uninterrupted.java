package dev.procession.core.memory;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/**
 * Runs file operations that an interrupt of the calling thread would spoil.
 *
 * <p>The JDK closes a channel whose user is interrupted. For the short operations here that is not
 * wanted: they are run again with the interrupt set aside, and it is put back afterwards.
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
        /** Does it, from its beginning. */
        T run() throws IOException;
    }
}
