package dev.procession.bench.rival.queue;

import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Rival;
import dev.procession.bench.rival.Scratch;
import dev.procession.core.ChildProcess;
import dev.procession.pipe.Connection;
import dev.procession.pipe.EndOfPipeException;
import dev.procession.pipe.Pipe;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * 32 bytes at a time by a peer's queue in files that are mapped from memory, from a child process
 * to this one: in elements per second. A pipe carries the orders.
 */
abstract class FileFlowRival implements Rival {

    static final int ELEMENT_BYTES = 32;

    private static final double NANOS_PER_SECOND = 1e9;

    private @Nullable Scratch scratch;
    private @Nullable Pipe<Integer> orders;
    private @Nullable ChildProcess<Void> child;

    /** Puts elements, each beginning with its number as a long. */
    interface Producer extends AutoCloseable {
        void put(long number);

        @Override
        void close();
    }

    /** Makes the queue for the taking side. */
    abstract void openConsumer(Path directory) throws IOException;

    /** The number that the next element begins with; waits for it. */
    abstract long take();

    abstract void closeConsumer() throws IOException;

    abstract ChildProcess<Void> startChild(Connection<Integer> theirs, String directory);

    @Override
    public void open() throws IOException {
        Scratch files = Scratch.createInMemory();
        scratch = files;
        openConsumer(files.directory());
        Pipe<Integer> pipe = Pipe.open();
        child = startChild(pipe.second(), files.directory().toString());
        orders = pipe;
    }

    static void serve(Connection<Integer> orders, Producer producer) throws InterruptedException {
        try (producer) {
            while (true) {
                int amount = orders.receive();
                for (int i = 0; i < amount; i++) {
                    producer.put(i);
                }
            }
        } catch (EndOfPipeException e) {
            return; // no more orders
        }
    }

    @Override
    public Figure measure(int amount) throws InterruptedException {
        if (orders == null) {
            throw new IllegalStateException("not open: " + name());
        }
        long start = System.nanoTime();
        orders.first().send(amount);
        for (int i = 0; i < amount; i++) {
            if (take() != i) {
                throw new IllegalStateException("a wrong element: number=" + i);
            }
        }
        return Figure.of(amount * NANOS_PER_SECOND / (System.nanoTime() - start));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (orders != null && child != null) {
            orders.first().close();
            child.join();
            child.close();
            orders.close();
        }
        closeConsumer();
        if (scratch != null) {
            scratch.close();
        }
    }
}
