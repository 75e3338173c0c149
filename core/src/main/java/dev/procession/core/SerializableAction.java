package dev.procession.core;

import java.util.concurrent.CompletionException;

/**
 * A {@link SerializableRunnable} whose code may throw checked exceptions: the type of the lambda in
 * {@code submit(() -> { Thread.sleep(10); })}. A worker calls {@link #perform}, and the caller gets
 * the exception that it throws, not wrapped.
 */
// A subtype of SerializableRunnable, because the compiler chooses the most specific overload.
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
     * Does the work for a caller that knows only {@link Runnable}.
     *
     * @throws CompletionException if the work threw a checked exception, which is the cause
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
