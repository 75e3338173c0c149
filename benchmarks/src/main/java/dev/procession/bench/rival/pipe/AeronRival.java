package dev.procession.bench.rival.pipe;

import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Latencies;
import dev.procession.bench.race.Rival;
import dev.procession.bench.rival.Children;
import dev.procession.bench.rival.Scratch;
import dev.procession.core.ChildProcess;
import io.aeron.Aeron;
import io.aeron.AeronVersion;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.FragmentHandler;
import java.io.IOException;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * 32 bytes by Aeron IPC to a child process: there and back in microseconds, or one way in
 * nanoseconds each. Both sides spin. The media driver runs in this JVM, by a thread that backs off,
 * because no message passes through it. Between two turns the child sleeps and polls, and so does
 * the driver: if they kept spinning, they would take a processor from the other rivals.
 */
public final class AeronRival implements Rival {

    public static final String NAME = "Aeron IPC";

    private static final String CHANNEL = "aeron:ipc";
    private static final int REQUESTS = 1;
    private static final int ANSWERS = 2;
    private static final int MESSAGE_BYTES = 32;
    private static final int FRAGMENTS = 256;
    private static final long END = -1;
    private static final long ORDER = -2;
    private static final long REST = -3;
    private static final long WAKE_UP = -4;
    private static final long LAST = Long.MAX_VALUE;
    private static final long REST_MILLIS = 1;

    private final boolean echoes;
    private final DriverIdle driverIdle = new DriverIdle();
    private @Nullable Scratch scratch;
    private @Nullable MediaDriver driver;
    private @Nullable ChildProcess<Void> child;
    private @Nullable Ends ends;

    public AeronRival(boolean echoes) {
        this.echoes = echoes;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String version() {
        return "Aeron " + AeronVersion.VERSION;
    }

    @Override
    public void open() throws IOException {
        scratch = Scratch.createInMemory();
        String directory = scratch.directory().resolve("aeron").toString();
        driver =
                MediaDriver.launch(
                        new MediaDriver.Context()
                                .aeronDirectoryName(directory)
                                .dirDeleteOnStart(true)
                                .threadingMode(ThreadingMode.SHARED)
                                .sharedIdleStrategy(driverIdle));
        child = Children.builder().start(() -> serve(directory));
        ends = new Ends(directory, REQUESTS, ANSWERS);
    }

    /** A publication and a subscription, both connected. */
    private static final class Ends implements AutoCloseable {

        private final IdleStrategy idle = new BusySpinIdleStrategy();
        private final UnsafeBuffer out = new UnsafeBuffer(new byte[MESSAGE_BYTES]);
        private final FragmentHandler handler;
        private final Aeron aeron;
        private final ExclusivePublication publication;
        private final Subscription subscription;
        private long last;
        private long count;

        Ends(String directory, int outStream, int inStream) {
            aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(directory));
            publication = aeron.addExclusivePublication(CHANNEL, outStream);
            subscription = aeron.addSubscription(CHANNEL, inStream);
            handler =
                    (buffer, offset, length, header) -> {
                        last = buffer.getLong(offset);
                        count++;
                    };
            while (!publication.isConnected() || !subscription.isConnected()) {
                Thread.onSpinWait();
            }
        }

        void send(long number) {
            out.putLong(0, number);
            while (publication.offer(out) < 0) {
                idle.idle();
            }
        }

        /** The number that the next message begins with. */
        long receive() {
            while (subscription.poll(handler, 1) == 0) {
                idle.idle();
            }
            return last;
        }

        /** The same, by a thread that sleeps and polls. */
        long receiveAtRest() throws InterruptedException {
            while (subscription.poll(handler, 1) == 0) {
                Thread.sleep(REST_MILLIS);
            }
            return last;
        }

        /** Takes messages until one begins with the number. */
        long receiveUntil(long number) {
            count = 0;
            do {
                idle.idle(subscription.poll(handler, FRAGMENTS));
            } while (last != number);
            return count;
        }

        @Override
        public void close() {
            aeron.close();
        }
    }

    private static void serve(String directory) throws InterruptedException {
        try (Ends ends = new Ends(directory, ANSWERS, REQUESTS)) {
            long number = ends.receiveAtRest();
            while (number != END) {
                if (number == ORDER) {
                    ends.send(ORDER);
                    ends.send(ends.receiveUntil(LAST));
                } else if (number != REST) {
                    ends.send(number);
                }
                number = number == REST ? ends.receiveAtRest() : ends.receive();
            }
        }
    }

    @Override
    public Figure measure(int amount) throws Exception {
        Ends used = ends;
        if (used == null) {
            throw new IllegalStateException("not open");
        }
        driverIdle.resting = false;
        used.send(WAKE_UP);
        if (used.receive() != WAKE_UP) {
            throw new IllegalStateException("the child has not woken up");
        }
        Figure figure = echoes ? echo(used, amount) : flow(used, amount);
        used.send(REST);
        driverIdle.resting = true;
        return figure;
    }

    /** Backs off while the rival is measured, and sleeps longer between its turns. */
    private static final class DriverIdle implements IdleStrategy {

        private static final int RESTING_MILLIS = 10;

        private final IdleStrategy working = new BackoffIdleStrategy();
        private final IdleStrategy asleep = new SleepingMillisIdleStrategy(RESTING_MILLIS);

        /** Written by the measuring thread, read by the driver's. */
        private volatile boolean resting;

        @Override
        public void idle(int workCount) {
            (resting ? asleep : working).idle(workCount);
        }

        @Override
        public void idle() {
            (resting ? asleep : working).idle();
        }

        @Override
        public void reset() {
            working.reset();
        }
    }

    private static Figure echo(Ends ends, int amount) throws Exception {
        return Latencies.of(
                amount,
                number -> {
                    ends.send(number);
                    if (ends.receive() != number) {
                        throw new IllegalStateException("a wrong answer: number=" + number);
                    }
                });
    }

    private static Figure flow(Ends ends, int amount) {
        ends.send(ORDER);
        if (ends.receive() != ORDER) {
            throw new IllegalStateException("not ready");
        }
        long start = System.nanoTime();
        for (int i = 1; i < amount; i++) {
            ends.send(i);
        }
        ends.send(LAST);
        long counted = ends.receive();
        long nanos = System.nanoTime() - start;
        if (counted != amount) {
            throw new IllegalStateException("lost messages: counted=" + counted);
        }
        return Figure.of((double) nanos / amount);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (ends != null && child != null) {
            ends.send(END);
            child.join();
            child.close();
            ends.close();
        }
        if (driver != null) {
            driver.close();
        }
        if (scratch != null) {
            scratch.close();
        }
    }
}
