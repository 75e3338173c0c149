package dev.procession.bench;

import dev.procession.pipe.Connection;
import dev.procession.pipe.PipeOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Raw bytes by a pipe to a child process and back, in microseconds. */
final class PipeEchoRival extends PipeChildRival<Void> {

    private static final int MESSAGE_BYTES = SocketRival.MESSAGE_BYTES;

    /** Longer than anybody waits here. */
    private static final Duration ALWAYS = Duration.ofSeconds(10);

    private final long pauseNanos;

    private PipeEchoRival(PipeOptions options, long pauseNanos) {
        super(Catalogue.PROCESSION, options, PipeEchoRival::echo);
        this.pauseNanos = pauseNanos;
    }

    /** Both sides spin until a message is there. */
    static PipeEchoRival spinning() {
        return new PipeEchoRival(PipeOptions.builder().spin(ALWAYS).build(), 0);
    }

    /** The default waiting, with so long a pause before each message that both sides sleep. */
    static PipeEchoRival asleep(long pauseNanos) {
        return new PipeEchoRival(PipeOptions.DEFAULT, pauseNanos);
    }

    private static void echo(Connection<Void> connection) throws InterruptedException {
        ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_BYTES);
        while (true) {
            connection.receiveBytes(message.clear());
            connection.sendBytes(message.flip());
        }
    }

    @Override
    Figure measure(Connection<Void> ours, int amount) throws Exception {
        ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_BYTES);
        return Latencies.of(
                amount,
                number -> LockSupport.parkNanos(pauseNanos),
                number -> {
                    ours.sendBytes(message.clear().putInt(0, number));
                    ours.receiveBytes(message.clear());
                    if (message.getInt(0) != number) {
                        throw new IllegalStateException("a wrong answer: number=" + number);
                    }
                });
    }
}
