package dev.procession.system.program;

import com.google.common.base.Throwables;
import dev.procession.core.ChildProcess;
import dev.procession.core.lane.LaneEndedException;
import dev.procession.pipe.Connection;
import dev.procession.pipe.EndOfPipeException;
import dev.procession.pipe.Listener;
import dev.procession.pipe.PipeException;
import dev.procession.testing.Standstill;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The code of the processes in a storm of pipes: each sends and receives on one connection at once,
 * as fast as it can, until one of the two ends. The number of a message determines its content.
 */
public final class PipeStormParts {

    private static final byte[] SECRET = "expelliarmus".getBytes(StandardCharsets.UTF_8);
    private static final int LARGEST_BYTES = 400_000;
    private static final int LARGE_BYTES = 40_000;
    private static final int SMALL_BYTES = 1000;
    private static final int PAUSE_EVERY = 100;
    private static final int PAUSE_MILLIS = 8;

    private PipeStormParts() {}

    /** How one direction ended for its sender or receiver. */
    public enum End {
        /** This side closed its end. */
        OWN,
        /** The other side closed its end. */
        CLOSED,
        /** The other side died. */
        DIED
    }

    /**
     * One connection, from one side.
     *
     * @param end the end of a pipe; null to use the address
     * @param address where one side listens and the other connects
     * @param listens whether this side listens
     * @param ledger the prefix of the names of this side's two ledgers
     * @param seed of this side's messages
     * @param peerSeed of the other side's messages
     * @param sends how many messages, before it closes its end
     */
    public record Part(
            @Nullable Connection<byte[]> end,
            String address,
            boolean listens,
            String ledger,
            long seed,
            long peerSeed,
            long sends)
            implements Serializable {

        public Path sent() {
            return Path.of(ledger + "-sent");
        }

        public Path received() {
            return Path.of(ledger + "-received");
        }
    }

    /**
     * How a connection ended for one side.
     *
     * @param sending for its sender
     * @param receiving for its receiver
     * @param lastNanos when it last received something
     * @param endNanos when both had ended
     * @param stillNanos how long the process was stopped in between, as far as it knows
     */
    public record Report(End sending, End receiving, long lastNanos, long endNanos, long stillNanos)
            implements Serializable {}

    /** Plays one part. */
    public static ChildProcess.Body once(Part part, Connection<Object> commands) {
        return () -> commands.send(play(part, () -> {}));
    }

    /** Plays one part after another, until there are no more. */
    public static ChildProcess.Body forEver(Connection<Object> commands) {
        return () -> {
            try {
                while (true) {
                    Part part = (Part) commands.receive();
                    commands.send(play(part, () -> commands.send("ready")));
                }
            } catch (EndOfPipeException e) {
                return; // the storm is over
            }
        };
    }

    private interface Announcement {
        void make() throws InterruptedException;
    }

    private static Report play(Part part, Announcement ready) throws Exception {
        try (Standstill standstill = new Standstill();
                Connection<byte[]> end = open(part, ready)) {
            FutureTask<End> sending = new FutureTask<>(() -> sendAll(part, end));
            Thread sender = new Thread(sending, "storm-sender");
            sender.start();
            long[] last = {System.nanoTime(), standstill.nanos()};
            End received = receiveAll(part, end, standstill, last);
            End sent = sending.get();
            sender.join();
            long now = System.nanoTime();
            return new Report(sent, received, last[0], now, standstill.nanos() - last[1]);
        }
    }

    private static Connection<byte[]> open(Part part, Announcement ready) throws Exception {
        Connection<byte[]> end = part.end();
        if (end != null) {
            ready.make();
            return end;
        }
        Path address = Path.of(part.address());
        if (!part.listens()) {
            return Listener.connect(address, SECRET);
        }
        try (Listener<byte[]> listener = Listener.bind(address, SECRET)) {
            ready.make();
            return listener.accept(Duration.ofSeconds(60))
                    .orElseThrow(() -> new IOException("no peer has connected"));
        }
    }

    private static End sendAll(Part part, Connection<byte[]> end) throws Exception {
        try (StormLedger book = new StormLedger(part.sent().toString())) {
            for (long number = 0; number < part.sends(); number++) {
                end.sendBytes(ByteBuffer.wrap(message(part.seed(), number)));
                book.write(number);
            }
            end.close();
            return End.OWN;
        } catch (EndOfPipeException e) {
            return e.died() ? End.DIED : End.CLOSED;
        }
    }

    private static End receiveAll(
            Part part, Connection<byte[]> end, Standstill standstill, long[] last)
            throws Exception {
        Random random = new Random(part.seed());
        try (StormLedger book = new StormLedger(part.received().toString())) {
            for (long number = 0; ; number++) {
                byte[] received = end.receiveBytes();
                if (!Arrays.equals(received, message(part.peerSeed(), number))) {
                    throw new AssertionError("a wrong message: number=" + number);
                }
                book.write(number);
                last[0] = System.nanoTime();
                last[1] = standstill.nanos();
                if (random.nextInt(PAUSE_EVERY) == 0) {
                    // Large messages go another way only while no thread reads.
                    LockSupport.parkNanos(
                            TimeUnit.MILLISECONDS.toNanos(random.nextInt(PAUSE_MILLIS)));
                }
            }
        } catch (EndOfPipeException e) {
            return e.died() ? End.DIED : End.CLOSED;
        } catch (PipeException e) {
            return requireOwnEnd(part, e);
        }
    }

    /**
     * Returns {@link End#OWN} if this side has closed its end after its last message; otherwise
     * rethrows.
     */
    private static End requireOwnEnd(Part part, PipeException e) throws IOException {
        boolean ended =
                Throwables.getCausalChain(e).stream()
                        .anyMatch(
                                cause ->
                                        cause instanceof LaneEndedException
                                                || cause instanceof ClosedChannelException);
        if (ended && StormLedger.read(part.sent()).length == part.sends()) {
            return End.OWN;
        }
        throw e;
    }

    private static byte[] message(long seed, long number) {
        Random random = new Random(seed + number);
        int dice = random.nextInt(200);
        int bytes =
                dice == 0 ? LARGEST_BYTES : dice < 5 ? LARGE_BYTES : random.nextInt(SMALL_BYTES);
        byte[] message = new byte[bytes];
        random.nextBytes(message);
        return message;
    }
}
