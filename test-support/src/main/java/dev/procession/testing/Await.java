package dev.procession.testing;

import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Polls, within a bound, for conditions that send no event, such as the state of a process. */
public final class Await {

    /** How long a test waits if it sets no bound of its own. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /** Native methods in which the JDK waits in the kernel; one is near the top of the stack. */
    private static final Set<String> SYSTEM_WAITS =
            Set.of("sun.nio.ch.EPoll.wait", "sun.nio.ch.Net.poll", "sun.nio.ch.Net.accept");

    private static final int TOP_FRAMES = 3;

    private Await() {}

    /**
     * Polls until the condition holds.
     *
     * @return how long it took
     * @throws AssertionError if it does not hold within the bound, with the description
     */
    public static Duration until(
            Duration bound, BooleanSupplier condition, Supplier<String> description) {
        long start = System.nanoTime();
        while (true) {
            boolean holds = condition.getAsBoolean();
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            if (holds) {
                return took;
            }
            if (took.compareTo(bound) > 0) {
                throw new AssertionError("not within " + bound + ": " + description.get());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /**
     * Polls until the condition holds, for a promise about time. The delays of this thread's own
     * sleeps do not count, because they are the machine's, not those of the condition.
     *
     * @return how long it took, without these delays
     * @throws AssertionError if it does not hold within the bound, with the description
     */
    public static Duration promised(
            Duration bound, BooleanSupplier condition, Supplier<String> description) {
        long start = System.nanoTime();
        long lost = 0;
        while (true) {
            boolean holds = condition.getAsBoolean();
            Duration took = Duration.ofNanos(System.nanoTime() - start - lost);
            if (holds) {
                return took;
            }
            if (took.compareTo(bound) > 0) {
                throw new AssertionError("not within " + bound + ": " + description.get());
            }
            long sleepStart = System.nanoTime();
            LockSupport.parkNanos(POLL_NANOS);
            lost += Math.max(0, System.nanoTime() - sleepStart - 2 * POLL_NANOS);
        }
    }

    /**
     * Polls until the condition holds, for {@link #PATIENCE} at most.
     *
     * @throws AssertionError if it does not hold by then, with the description
     */
    public static void until(BooleanSupplier condition, String description) {
        until(PATIENCE, condition, () -> description);
    }

    /**
     * Waits until a thread waits: in a lock, a park or a sleep, or in the kernel for a channel of
     * {@code java.nio}, which counts as running in its state. Pipes, queues and managers wait in
     * one of these ways.
     *
     * @throws AssertionError if the thread ends instead, or does not wait within {@link #PATIENCE}
     */
    public static void blocked(Thread thread) {
        until(
                PATIENCE,
                () -> isBlocked(thread),
                () -> "the thread waits: " + thread + ", state=" + thread.getState());
    }

    private static boolean isBlocked(Thread thread) {
        return switch (thread.getState()) {
            case WAITING, TIMED_WAITING -> true;
            case TERMINATED -> throw new AssertionError("the thread has ended: " + thread);
            default -> isInTheKernel(thread.getStackTrace());
        };
    }

    /** A blocking read of a Unix socket waits in its native method, other waits in named ones. */
    private static boolean isInTheKernel(StackTraceElement[] stack) {
        return Arrays.stream(stack)
                .limit(TOP_FRAMES)
                .anyMatch(
                        frame ->
                                (frame.isNativeMethod() && frame.getMethodName().equals("read0"))
                                        || SYSTEM_WAITS.contains(
                                                frame.getClassName()
                                                        + "."
                                                        + frame.getMethodName()));
    }
}
