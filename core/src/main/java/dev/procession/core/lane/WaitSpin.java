package dev.procession.core.lane;

import java.util.function.BooleanSupplier;

/**
 * Looks for a while before a sleep, about as long as a sleep and its wake-up would cost: then at
 * worst twice the best is spent. Used by one thread at a time. Never on one processor.
 *
 * <p>The first microsecond or two it keeps its processor; afterwards it offers it to others at each
 * turn, for what it waits for may need it. When the long part has missed some times in a row, as at
 * an end that is mostly idle, only every few waits try it again.
 */
public final class WaitSpin {

    private static final int SHORT_TURNS = 32;
    private static final long LONG_NANOS = 30_000;
    private static final int MISSES_TO_REST = 8;
    private static final int RESTS = 16;
    private static final boolean ALONE = Runtime.getRuntime().availableProcessors() == 1;

    private int misses;
    private int rested;

    /** Looks until the condition holds or the while is over; says whether it held. */
    public boolean spin(BooleanSupplier condition) {
        if (condition.getAsBoolean()) {
            return true;
        }
        if (ALONE) {
            return false;
        }
        for (int turn = 0; turn < SHORT_TURNS; turn++) {
            Thread.onSpinWait();
            if (condition.getAsBoolean()) {
                return true;
            }
        }
        return longSpin(condition);
    }

    @SuppressWarnings("ThreadPriorityCheck") // yielding is a courtesy; nothing relies on it
    private boolean longSpin(BooleanSupplier condition) {
        if (misses >= MISSES_TO_REST && ++rested < RESTS) {
            return false;
        }
        rested = 0;
        long start = System.nanoTime();
        do {
            Thread.yield();
            if (condition.getAsBoolean()) {
                misses = 0;
                return true;
            }
        } while (System.nanoTime() - start < LONG_NANOS);
        misses++;
        return false;
    }
}
