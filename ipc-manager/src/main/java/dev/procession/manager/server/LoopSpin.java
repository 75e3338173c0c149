package dev.procession.manager.server;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;
import java.util.function.LongSupplier;

/**
 * How the event loop waits: after each event it keeps looking for {@value #SPIN_NANOS} ns, offering
 * its processor to others at each turn, and only then sleeps in the kernel. A client that asks one
 * thing after the other finds the server awake, so no call pays for waking a processor up.
 *
 * <p>The while is the same after every event. Nothing is learned, so there is no state in which it
 * could stay slow; and as it begins with an event, a server that nobody asks does not look at all.
 * Not on one processor, where looking keeps away whom it waits for.
 *
 * <p>Used by the event loop's thread only.
 */
final class LoopSpin implements SelectStrategy {

    /** As long as a sleep and its wake-up may cost: at worst twice the best is spent. */
    static final long SPIN_NANOS = 60_000;

    private static final boolean ALONE = Runtime.getRuntime().availableProcessors() == 1;

    private final LongSupplier clock;
    private long lastEvent;

    LoopSpin() {
        this(System::nanoTime);
    }

    LoopSpin(LongSupplier clock) {
        this.clock = clock;
        this.lastEvent = clock.getAsLong() - SPIN_NANOS;
    }

    @Override
    @SuppressWarnings("ThreadPriorityCheck") // yielding is a courtesy; nothing relies on it
    public int calculateStrategy(IntSupplier ready, boolean hasTasks) throws Exception {
        int events = ready.get();
        if (events > 0) {
            lastEvent = clock.getAsLong();
            return events;
        }
        if (hasTasks) {
            return events;
        }
        if (ALONE || clock.getAsLong() - lastEvent >= SPIN_NANOS) {
            return SelectStrategy.SELECT;
        }
        Thread.yield();
        return 0; // the loop looks after its tasks, then asks again
    }
}
