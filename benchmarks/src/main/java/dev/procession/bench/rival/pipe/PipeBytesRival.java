package dev.procession.bench.rival.pipe;

import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Latencies;
import dev.procession.bench.rival.RivalNames;
import dev.procession.pipe.Connection;
import dev.procession.pipe.PipeOptions;
import java.util.Arrays;

/** 32 bytes as an object by a pipe: elements per second one way, or there and back in µs. */
public final class PipeBytesRival extends PipeChildRival<Object> {

    private static final int ELEMENT_BYTES = 32;
    private static final double NANOS_PER_SECOND = 1e9;

    private final boolean echoes;

    public PipeBytesRival(boolean echoes) {
        super(RivalNames.PIPE, PipeOptions.DEFAULT, PipeBytesRival::serve);
        this.echoes = echoes;
    }

    /** Sends bytes back, and as many elements as a number requests. */
    private static void serve(Connection<Object> connection) throws InterruptedException {
        byte[] element = new byte[ELEMENT_BYTES];
        while (true) {
            Object message = connection.receive();
            if (message instanceof Integer amount) {
                for (int remaining = amount; remaining > 0; remaining--) {
                    connection.send(element);
                }
            } else {
                connection.send(message);
            }
        }
    }

    @Override
    Figure measure(Connection<Object> ours, int amount) throws Exception {
        return echoes ? echo(ours, amount) : flow(ours, amount);
    }

    private static Figure flow(Connection<Object> ours, int amount) throws InterruptedException {
        long start = System.nanoTime();
        ours.send(amount);
        for (int remaining = amount; remaining > 0; remaining--) {
            if (((byte[]) ours.receive()).length != ELEMENT_BYTES) {
                throw new IllegalStateException("a wrong element");
            }
        }
        return Figure.of(amount * NANOS_PER_SECOND / (System.nanoTime() - start));
    }

    private static Figure echo(Connection<Object> ours, int amount) throws Exception {
        byte[] element = new byte[ELEMENT_BYTES];
        return Latencies.of(
                amount,
                number -> {
                    element[0] = (byte) number;
                    ours.send(element);
                    if (!(ours.receive() instanceof byte[] bytes)
                            || !Arrays.equals(element, bytes)) {
                        throw new IllegalStateException("a wrong answer");
                    }
                });
    }
}
