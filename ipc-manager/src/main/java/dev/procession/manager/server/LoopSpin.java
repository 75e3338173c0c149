package dev.procession.manager.server;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;
import java.util.function.LongSupplier;

/**
 * How the event loop waits: after each event it polls for {@value #SPIN_NANOS} ns, yielding its
 * processor at each turn, and only then sleeps in the kernel. What ends such a sleep counts as an
 * event: Netty does not say whether it was one, a task or a timer. A client that sends one request
 * after the other finds the server awake, so no call pays for waking a processor up.
 *
 * <p>The time is the same after every event; nothing is learned, so there is no state in which the
 * loop could stay slow. A server without requests has no events, so it does not poll. On a single
 * processor it never polls, as that would keep the client from running.
 *
 * <p>Used by the event loop's thread only.
 */
final class LoopSpin implements SelectStrategy {

    /** As long as a sleep and its wake-up may cost, so at worst twice that is spent. */
    static final long SPIN_NANOS = 60_000;

    private static final boolean ALONE = Runtime.getRuntime().availableProcessors() == 1;

    private final LongSupplier clock;
    private long lastEvent;

    /** Whether this had the loop sleep; then an event, a task or a timer has woken it. */
    private boolean slept;

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
        if (events > 0 || slept) {
            slept = false;
            lastEvent = clock.getAsLong();
            return events;
        }
        if (hasTasks) {
            return events;
        }
        if (ALONE || clock.getAsLong() - lastEvent >= SPIN_NANOS) {
            slept = true;
            return SelectStrategy.SELECT;
        }
        Thread.yield();
        return 0; // the loop runs its tasks, then calls this again
    }
}
