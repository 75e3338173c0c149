package dev.procession.core.lane;

import java.util.function.BooleanSupplier;

/**
 * Checks a condition for a while before a sleep, for about the time that a sleep and its wake-up
 * cost: so the wait costs at most twice the optimum. One thread at a time uses it. On a single
 * processor it does not spin.
 *
 * <p>For the first microsecond or two the thread keeps its processor; afterwards it yields at each
 * turn, because the thread that makes the condition true may need the processor. When the long part
 * has failed several times in a row, as at an end that is mostly idle, only every 16th wait tries
 * it again.
 */
public final class WaitSpin {

    private static final int SHORT_TURNS = 32;
    private static final long LONG_NANOS = 30_000;
    private static final int MISSES_TO_REST = 8;
    private static final int RESTS = 16;
    private static final boolean ALONE = Runtime.getRuntime().availableProcessors() == 1;

    private int misses;
    private int rested;

    /** Spins until the condition holds or the time is over; returns whether it held. */
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
