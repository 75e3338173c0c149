package dev.procession.bench.rival.pipe;

import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Latencies;
import dev.procession.bench.rival.RivalNames;
import dev.procession.pipe.Connection;
import dev.procession.pipe.PipeOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Raw bytes by a pipe to a child process and back, in microseconds. */
public final class PipeEchoRival extends PipeChildRival<Void> {

    private static final int MESSAGE_BYTES = SocketRival.MESSAGE_BYTES;

    /** Longer than any wait here. */
    private static final Duration ALWAYS = Duration.ofSeconds(10);

    /** A message to the child: sleep and poll until the next one, which is answered again. */
    private static final int REST = -1;

    private static final long REST_MILLIS = 1;

    private final long pauseNanos;
    private final boolean spins;

    private PipeEchoRival(PipeOptions options, long pauseNanos, boolean spins) {
        super(RivalNames.PROCESSION, options, PipeEchoRival::echo);
        this.pauseNanos = pauseNanos;
        this.spins = spins;
    }

    /**
     * Both sides spin until a message is there. Between two turns the child sleeps and polls: if it
     * kept spinning, it would take a processor from the other rivals.
     */
    public static PipeEchoRival spinning() {
        return new PipeEchoRival(PipeOptions.builder().spin(ALWAYS).build(), 0, true);
    }

    /** The default waiting, with so long a pause before each message that both sides sleep. */
    public static PipeEchoRival asleep(long pauseNanos) {
        return new PipeEchoRival(PipeOptions.DEFAULT, pauseNanos, false);
    }

    private static void echo(Connection<Void> connection) throws InterruptedException {
        ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_BYTES);
        while (true) {
            connection.receiveBytes(message.clear());
            if (message.flip().getInt(0) == REST) {
                rest(connection, message);
            }
            connection.sendBytes(message);
        }
    }

    private static void rest(Connection<Void> connection, ByteBuffer message)
            throws InterruptedException {
        Optional<byte[]> next = connection.receiveBytes(Duration.ZERO);
        while (next.isEmpty()) {
            Thread.sleep(REST_MILLIS);
            next = connection.receiveBytes(Duration.ZERO);
        }
        message.clear().put(next.get()).flip();
    }

    @Override
    Figure measure(Connection<Void> ours, int amount) throws Exception {
        ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_BYTES);
        roundTrip(ours, message, 0); // wakes the child up
        Figure figure =
                Latencies.of(
                        amount,
                        number -> LockSupport.parkNanos(pauseNanos),
                        number -> roundTrip(ours, message, number));
        if (spins) {
            ours.sendBytes(message.clear().putInt(0, REST));
        }
        return figure;
    }

    private static void roundTrip(Connection<Void> ours, ByteBuffer message, int number)
            throws InterruptedException {
        ours.sendBytes(message.clear().putInt(0, number));
        ours.receiveBytes(message.clear());
        if (message.getInt(0) != number) {
            throw new IllegalStateException("a wrong answer: number=" + number);
        }
    }
}
