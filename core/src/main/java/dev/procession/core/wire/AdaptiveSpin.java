package dev.procession.core.wire;

import java.util.function.BooleanSupplier;

/**
 * Spins for a moment before a sleep, as long as spinning has paid: a hit doubles the time for the
 * next try, a miss halves it. Used by one thread at a time. Never on one processor.
 */
public final class AdaptiveSpin {

    private static final int MIN_TURNS = 16;
    private static final int MAX_TURNS = 512;
    private static final boolean ALONE = Runtime.getRuntime().availableProcessors() == 1;

    private int turns = MIN_TURNS;

    /** Looks until the condition holds or the moment is over; says whether it held. */
    public boolean spin(BooleanSupplier condition) {
        if (condition.getAsBoolean()) {
            return true;
        }
        if (ALONE) {
            return false;
        }
        for (int turn = 0; turn < turns; turn++) {
            Thread.onSpinWait();
            if (condition.getAsBoolean()) {
                turns = Math.min(MAX_TURNS, turns * 2);
                return true;
            }
        }
        turns = Math.max(MIN_TURNS, turns / 2);
        return false;
    }
}
