package dev.procession.core.future;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Starts the threads that only block in a future's {@code get}: virtual ones where the JVM has
 * them, otherwise daemon threads with a small stack.
 */
final class SubscriptionThreads {

    /** The name of the threads that are not virtual. */
    static final String NAME = "procession-future";

    private static final long STACK_BYTES = 128 * 1024;

    /** From here on a virtual thread that waits inside {@code synchronized} frees its carrier. */
    private static final int FIRST_WITHOUT_PINNING = 24;

    private static final @Nullable MethodHandle START_VIRTUAL = startVirtual();

    private SubscriptionThreads() {}

    /** Starts a thread that will block in the future's {@code get}. */
    static Thread start(Future<?> future, Runnable body) {
        MethodHandle startVirtual = START_VIRTUAL;
        if (startVirtual != null && freesCarrier(future)) {
            try {
                return (Thread) startVirtual.invokeExact(body);
            } catch (RuntimeException | Error failure) {
                throw failure;
            } catch (Throwable impossible) {
                throw new AssertionError(impossible);
            }
        }
        Thread thread = new Thread(null, body, NAME, STACK_BYTES, false);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /**
     * Another class's {@code get} may wait inside {@code synchronized}; that of FutureTask parks.
     */
    private static boolean freesCarrier(Future<?> future) {
        return future instanceof FutureTask || Runtime.version().feature() >= FIRST_WITHOUT_PINNING;
    }

    private static @Nullable MethodHandle startVirtual() {
        if (Runtime.version().feature() < 21) { // a preview feature until then
            return null;
        }
        try {
            return MethodHandles.publicLookup()
                    .findStatic(
                            Thread.class,
                            "startVirtualThread",
                            MethodType.methodType(Thread.class, Runnable.class));
        } catch (ReflectiveOperationException absent) {
            return null;
        }
    }
}
