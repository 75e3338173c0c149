package dev.procession.bench;

import dev.procession.core.ChildProcess;
import dev.procession.pipe.Connection;
import dev.procession.pipe.EndOfPipeException;
import dev.procession.pipe.Pipe;
import java.util.Arrays;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** 32 bytes by a pipe: one way in elements a second, or there and back in microseconds. */
final class PipeBytesRival implements Rival {

    private static final int ELEMENT_BYTES = 32;
    private static final double NANOS_PER_SECOND = 1e9;

    private final boolean echoes;
    private @Nullable Pipe<Object> pipe;
    private @Nullable ChildProcess<Void> child;

    PipeBytesRival(boolean echoes) {
        this.echoes = echoes;
    }

    @Override
    public String name() {
        return Catalogue.PIPE;
    }

    @Override
    public String version() {
        return Machine.processionVersion();
    }

    @Override
    public void open() {
        Pipe<Object> made = Pipe.open();
        Connection<Object> theirs = made.second();
        child = ChildProcess.start(() -> serve(theirs));
        pipe = made;
    }

    /** Sends bytes back, and as many as it is told. */
    private static void serve(Connection<Object> connection) throws InterruptedException {
        byte[] element = new byte[ELEMENT_BYTES];
        try {
            while (true) {
                Object message = connection.receive();
                if (message instanceof Integer amount) {
                    for (int left = amount; left > 0; left--) {
                        connection.send(element);
                    }
                } else {
                    connection.send(message);
                }
            }
        } catch (EndOfPipeException e) {
            return; // no more requests
        }
    }

    @Override
    public Figure measure(int amount) throws InterruptedException {
        if (pipe == null) {
            throw new IllegalStateException("not open");
        }
        Connection<Object> ours = pipe.first();
        return echoes ? echo(ours, amount) : flow(ours, amount);
    }

    private static Figure flow(Connection<Object> ours, int amount) throws InterruptedException {
        long start = System.nanoTime();
        ours.send(amount);
        for (int left = amount; left > 0; left--) {
            if (((byte[]) ours.receive()).length != ELEMENT_BYTES) {
                throw new IllegalStateException("a wrong element");
            }
        }
        return Figure.of(amount * NANOS_PER_SECOND / (System.nanoTime() - start));
    }

    private static Figure echo(Connection<Object> ours, int amount) throws InterruptedException {
        Histogram nanos = new Histogram(3);
        byte[] element = new byte[ELEMENT_BYTES];
        for (int i = 0; i < amount; i++) {
            element[0] = (byte) i;
            long start = System.nanoTime();
            ours.send(element);
            Object answer = ours.receive();
            nanos.recordValue(System.nanoTime() - start);
            if (!(answer instanceof byte[] bytes) || !Arrays.equals(element, bytes)) {
                throw new IllegalStateException("a wrong answer");
            }
        }
        return Figure.ofLatencies(nanos);
    }

    @Override
    public void close() throws InterruptedException {
        if (pipe != null && child != null) {
            pipe.first().close();
            child.join();
            child.close();
            pipe.close();
        }
    }
}
