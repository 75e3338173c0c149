package dev.procession.testing;

import java.io.IOException;

/** Spins until another thread of a race has done its step, usually some microseconds. */
public final class Spin {

    private static final int HOT_TURNS = 100;

    private Spin() {}

    /** The condition that the other thread makes true. */
    public interface Condition {
        boolean holds() throws IOException;
    }

    /**
     * Spins until the condition holds; after some turns it yields the processor, as the other
     * thread may need it.
     *
     * @throws AssertionError if it does not hold within {@link Await#PATIENCE}
     */
    @SuppressWarnings("ThreadPriorityCheck") // spinning would use up its turn on a busy machine
    public static void until(Condition condition) throws IOException {
        for (int turn = 0; turn < HOT_TURNS; turn++) {
            if (condition.holds()) {
                return;
            }
            Thread.onSpinWait();
        }
        long start = System.nanoTime();
        while (!condition.holds()) {
            if (System.nanoTime() - start > Await.PATIENCE.toNanos()) {
                throw new AssertionError("the other thread of a race does not go on");
            }
            Thread.yield();
        }
    }
}
