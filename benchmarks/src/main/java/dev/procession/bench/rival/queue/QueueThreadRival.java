package dev.procession.bench.rival.queue;

import dev.procession.bench.machine.Machine;
import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Rival;
import dev.procession.core.Codec;
import dev.procession.queue.ProcessQueue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One thread at a queue, in nanoseconds for each element. */
public final class QueueThreadRival implements Rival {

    private static final int CAPACITY = 1024;
    private static final double CODEC_MARGIN_NANOS = 100;
    private static final byte[] ELEMENT = new byte[32];
    private static final List<byte[]> ELEMENTS = Collections.nCopies(CAPACITY, ELEMENT);

    /** The measured operation. */
    public enum Way {
        /** The queue is filled; single takes are measured. */
        TAKE,
        /** The queue is filled; its draining is measured. */
        DRAIN,
        /** Single puts into an empty queue are measured. */
        PUT,
        /** One call for all is measured. */
        PUT_ALL,
        /** A put, then a take. */
        PUT_AND_TAKE,
        /** Only the codec, plus the margin that the queue may have over it. */
        CODEC;

        public QueueThreadRival as(String name) {
            return new QueueThreadRival(name, this);
        }
    }

    private final String name;
    private final Way way;
    private final List<byte[]> drained = new ArrayList<>(CAPACITY);
    private @Nullable ProcessQueue<byte[]> queue;

    private QueueThreadRival(String name, Way way) {
        this.name = name;
        this.way = way;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String version() {
        return Machine.processionVersion();
    }

    @Override
    public void open() {
        queue = ProcessQueue.create(CAPACITY);
    }

    @Override
    public Figure measure(int amount) throws InterruptedException {
        ProcessQueue<byte[]> used = queue;
        if (used == null) {
            throw new IllegalStateException("not open");
        }
        int rounds = Math.max(1, amount / CAPACITY);
        long nanos = 0;
        for (int round = 0; round < rounds; round++) {
            nanos +=
                    switch (way) {
                        case TAKE -> take(used);
                        case DRAIN -> drain(used);
                        case PUT -> put(used);
                        case PUT_ALL -> putAll(used);
                        case PUT_AND_TAKE -> putAndTake(used);
                        case CODEC -> code();
                    };
        }
        double each = (double) nanos / ((long) rounds * CAPACITY);
        return Figure.of(way == Way.CODEC ? each + CODEC_MARGIN_NANOS : each);
    }

    private static long take(ProcessQueue<byte[]> queue) throws InterruptedException {
        queue.putAll(ELEMENTS);
        long start = System.nanoTime();
        for (int i = 0; i < CAPACITY; i++) {
            check(queue.take());
        }
        return System.nanoTime() - start;
    }

    private long drain(ProcessQueue<byte[]> queue) throws InterruptedException {
        queue.putAll(ELEMENTS);
        drained.clear();
        long start = System.nanoTime();
        queue.drainTo(drained);
        long nanos = System.nanoTime() - start;
        if (drained.size() != CAPACITY) {
            throw new IllegalStateException("elements are missing");
        }
        return nanos;
    }

    private static long put(ProcessQueue<byte[]> queue) throws InterruptedException {
        long start = System.nanoTime();
        for (int i = 0; i < CAPACITY; i++) {
            queue.put(ELEMENT);
        }
        long nanos = System.nanoTime() - start;
        queue.clear();
        return nanos;
    }

    private static long putAll(ProcessQueue<byte[]> queue) throws InterruptedException {
        long start = System.nanoTime();
        queue.putAll(ELEMENTS);
        long nanos = System.nanoTime() - start;
        queue.clear();
        return nanos;
    }

    private static long putAndTake(ProcessQueue<byte[]> queue) throws InterruptedException {
        long start = System.nanoTime();
        for (int i = 0; i < CAPACITY; i++) {
            queue.put(ELEMENT);
            check(queue.take());
        }
        return System.nanoTime() - start;
    }

    private static long code() {
        long start = System.nanoTime();
        for (int i = 0; i < CAPACITY; i++) {
            byte[] bytes = Codec.standard().encode(ELEMENT);
            check((byte[]) Codec.standard().decode(ByteBuffer.wrap(bytes)));
        }
        return System.nanoTime() - start;
    }

    private static void check(byte @Nullable [] element) {
        if (element == null || element.length != ELEMENT.length) {
            throw new IllegalStateException("a wrong element");
        }
    }

    @Override
    public void close() {
        if (queue != null) {
            queue.clear();
            queue.close();
        }
    }
}
