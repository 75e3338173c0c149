package dev.procession.core;

import java.util.concurrent.CompletionException;

/**
 * A {@link SerializableRunnable} whose code may throw checked exceptions: what {@code submit(() ->
 * { Thread.sleep(10); })} makes of its lambda. Where a task runs {@link #perform} is called, and
 * what it throws arrives as it is.
 */
// A subtype of what else a lambda could be here, for the compiler takes the most specific.
@SuppressWarnings("FunctionalInterfaceMethodChanged")
@FunctionalInterface
public interface SerializableAction extends SerializableRunnable {

    /**
     * Does the work.
     *
     * @throws Exception if it fails
     */
    void perform() throws Exception;

    /**
     * Does the work, for whoever takes it for a {@link Runnable}.
     *
     * @throws CompletionException with a checked exception that the work has thrown
     */
    @Override
    default void run() {
        try {
            perform();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }
}
