package dev.procession.manager.client;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Limits how many threads of this process poll for answers at once, so that a processor is left for
 * the server. Each manager of the process counts.
 */
final class SpinPlaces {

    /** As long as a sleep and its wake-up may cost, so at worst twice that is spent. */
    static final long SPIN_NANOS = 60_000;

    private static final int PLACES = Runtime.getRuntime().availableProcessors() - 1;

    private static final AtomicInteger TAKEN = new AtomicInteger();

    private SpinPlaces() {}

    /** Whether the calling thread may poll now; then it has to {@link #leave}. */
    static boolean take() {
        if (TAKEN.incrementAndGet() > PLACES) {
            leave();
            return false;
        }
        return true;
    }

    static void leave() {
        TAKEN.decrementAndGet();
    }
}
