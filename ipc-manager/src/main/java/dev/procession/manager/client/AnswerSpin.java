package dev.procession.manager.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * How a caller waits for its answer: it polls for {@value #SPIN_NANOS} ns without blocking,
 * yielding its processor at each turn, and only then blocks. Where a sleeping processor takes long
 * to wake, an answer arrives several times sooner.
 *
 * <p>Only as many callers of this process poll at once as leave a processor for the server. After
 * {@value #MISSES_TO_REST} waits without an answer while polling, because others use the processors
 * or a lock is held for long, only every {@value #RESTS}th wait polls; one answer while polling
 * ends that. So a few misses do not make a caller slow for good.
 *
 * <p>Used by one thread at a time, which alone reads and writes the channel.
 */
final class AnswerSpin {

    /** As long as a sleep and its wake-up may cost, so at worst twice that is spent. */
    static final long SPIN_NANOS = 60_000;

    static final int MISSES_TO_REST = 8;
    static final int RESTS = 16;
    static final int PLACES = Runtime.getRuntime().availableProcessors() - 1;
    private static final AtomicInteger SPINNING = new AtomicInteger();

    private final SocketChannel channel;
    private final LongSupplier clock;
    private boolean blocking = true;
    private int misses;
    private int rested;

    AnswerSpin(SocketChannel channel) {
        this(channel, System::nanoTime);
    }

    AnswerSpin(SocketChannel channel, LongSupplier clock) {
        this.channel = channel;
        this.clock = clock;
    }

    /** Reads at least one byte, or finds the end. */
    int read(ByteBuffer in) throws IOException {
        int count = readSpinning(in);
        return count == 0 ? readBlocking(in) : count;
    }

    /** Polls for a while; returns 0 if nothing arrived, or this wait is not to poll. */
    int readSpinning(ByteBuffer in) throws IOException {
        if (misses < MISSES_TO_REST || ++rested >= RESTS) {
            rested = 0;
            return spin(in);
        }
        return 0;
    }

    /** Blocks until there is something to read. */
    int readBlocking(ByteBuffer in) throws IOException {
        block(true);
        return channel.read(in);
    }

    private int spin(ByteBuffer in) throws IOException {
        if (!takePlace()) {
            return 0;
        }
        try {
            block(false);
            int count = spinFor(in);
            misses = count == 0 ? misses + 1 : 0;
            return count;
        } finally {
            leavePlace();
        }
    }

    /** Whether the calling thread may poll now; then it has to {@link #leavePlace}. */
    static boolean takePlace() {
        if (SPINNING.incrementAndGet() > PLACES) {
            SPINNING.decrementAndGet();
            return false;
        }
        return true;
    }

    static void leavePlace() {
        SPINNING.decrementAndGet();
    }

    @SuppressWarnings("ThreadPriorityCheck") // yielding is a courtesy; nothing relies on it
    private int spinFor(ByteBuffer in) throws IOException {
        long start = clock.getAsLong();
        int count = channel.read(in);
        while (count == 0 && clock.getAsLong() - start < SPIN_NANOS) {
            Thread.yield();
            count = channel.read(in);
        }
        return count;
    }

    /** Writes all of it; blocks while the server does not read. */
    void write(ByteBuffer out) throws IOException {
        while (out.hasRemaining()) {
            if (channel.write(out) == 0) {
                block(true);
            }
        }
    }

    private void block(boolean wanted) throws IOException {
        if (blocking != wanted) {
            channel.configureBlocking(wanted);
            blocking = wanted;
        }
    }
}
