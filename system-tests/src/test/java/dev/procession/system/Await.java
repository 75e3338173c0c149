package dev.procession.system;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits, within a bound, for what nothing can announce: the state of other processes. */
final class Await {

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private Await() {}

    /**
     * Looks until the condition holds.
     *
     * @return how long it took
     * @throws AssertionError if it does not hold within the bound, with the description
     */
    static Duration until(Duration bound, BooleanSupplier condition, Supplier<String> description) {
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
}
