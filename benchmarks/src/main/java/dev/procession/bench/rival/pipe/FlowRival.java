package dev.procession.bench.rival.pipe;

import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Rival;
import dev.procession.bench.rival.RivalNames;
import dev.procession.pipe.Connection;
import dev.procession.pipe.PipeOptions;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Messages of bytes through a pipe to a child process, which counts them: in nanoseconds each. The
 * child answers when the last one has arrived.
 */
public final class FlowRival extends PipeChildRival<Long> {

    private final int messageBytes;

    public FlowRival(int messageBytes) {
        super(RivalNames.PROCESSION, PipeOptions.DEFAULT, end -> count(end, messageBytes));
        this.messageBytes = messageBytes;
    }

    private static void count(Connection<Long> end, int bytes) throws InterruptedException {
        ByteBuffer into = ByteBuffer.allocateDirect(bytes);
        while (true) {
            long amount = end.receive();
            for (long i = 0; i < amount; i++) {
                if (end.receiveBytes(into.clear()) != bytes || into.getLong(0) != i) {
                    throw new IllegalStateException("a wrong message: number=" + i);
                }
            }
            end.send(amount);
        }
    }

    @Override
    Figure measure(Connection<Long> ours, int amount) throws InterruptedException {
        ByteBuffer message = ByteBuffer.allocateDirect(messageBytes);
        long start = System.nanoTime();
        ours.send((long) amount);
        for (long i = 0; i < amount; i++) {
            ours.sendBytes(message.putLong(0, i));
        }
        long counted = ours.receive();
        long nanos = System.nanoTime() - start;
        if (counted != amount) {
            throw new IllegalStateException("lost messages: counted=" + counted);
        }
        return Figure.of((double) nanos / amount);
    }

    /** The minimum cost of passing bytes through memory: in and out, by one thread. */
    public static final class Copies implements Rival {

        public static final String NAME = "two copies";

        private final byte[] from;
        private final ByteBuffer between;
        private final ByteBuffer to;

        public Copies(int messageBytes) {
            from = new byte[messageBytes];
            between = ByteBuffer.allocateDirect(messageBytes);
            to = ByteBuffer.allocateDirect(messageBytes);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String version() {
            return "JDK " + Runtime.version();
        }

        @Override
        public void open() {
            Arrays.fill(from, (byte) 1);
        }

        @Override
        public Figure measure(int amount) {
            long start = System.nanoTime();
            for (int i = 0; i < amount; i++) {
                from[0] = (byte) i;
                between.put(0, from);
                to.put(0, between, 0, from.length);
                if (to.get(0) != (byte) i) {
                    throw new IllegalStateException("a wrong copy");
                }
            }
            return Figure.of((double) (System.nanoTime() - start) / amount);
        }

        @Override
        public void close() {}
    }
}
