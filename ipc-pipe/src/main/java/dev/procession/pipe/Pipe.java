package dev.procession.pipe;

import dev.procession.core.lane.LaneEnd;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Two connected ends, for two processes or threads that exchange messages: Python's {@code Pipe}.
 *
 * <p>Messages go through shared memory; a Unix-domain socket wakes the other side when it sleeps.
 * An end that is captured in the body of a {@link dev.procession.core.ChildProcess} or in a task
 * moves to that process.
 *
 * <pre>{@code
 * try (Pipe<String> pipe = Pipe.open()) {
 *     Connection<String> theirs = pipe.second();
 *     ChildProcess<Void> child = ChildProcess.start(() -> theirs.send("hermione"));
 *     System.out.println(pipe.first().receive());
 *     child.join();
 * }
 * }</pre>
 *
 * <p>Thread-safe. No method blocks.
 *
 * @param <T> the messages
 */
public final class Pipe<T> implements AutoCloseable {

    private static final int RING_BYTES = 1 << 18;

    private final Connection<T> first;
    private final Connection<T> second;

    private Pipe(Connection<T> first, Connection<T> second) {
        this.first = first;
        this.second = second;
    }

    /**
     * Opens a pipe whose ends both send and receive.
     *
     * @param <T> the messages
     * @return the pipe, with both ends in this process
     * @throws UncheckedIOException if there is no room for its shared memory
     */
    public static <T> Pipe<T> open() {
        return open(PipeOptions.DEFAULT);
    }

    /**
     * Opens a pipe whose ends both send and receive.
     *
     * @param options the options of both ends
     * @param <T> the messages
     * @return the pipe, with both ends in this process
     * @throws UncheckedIOException if there is no room for its shared memory
     */
    public static <T> Pipe<T> open(PipeOptions options) {
        return open(Direction.BOTH, Direction.BOTH, options);
    }

    /**
     * Opens a pipe whose first end only receives and whose second end only sends.
     *
     * @param <T> the messages
     * @return the pipe, with both ends in this process
     * @throws UncheckedIOException if there is no room for its shared memory
     */
    public static <T> Pipe<T> openOneWay() {
        return openOneWay(PipeOptions.DEFAULT);
    }

    /**
     * Opens a pipe whose first end only receives and whose second end only sends.
     *
     * @param options the options of both ends
     * @param <T> the messages
     * @return the pipe, with both ends in this process
     * @throws UncheckedIOException if there is no room for its shared memory
     */
    public static <T> Pipe<T> openOneWay(PipeOptions options) {
        return open(Direction.RECEIVES, Direction.SENDS, options);
    }

    private static <T> Pipe<T> open(Direction first, Direction second, PipeOptions options) {
        try {
            LaneEnd[] ends = LaneEnd.createPair(RING_BYTES);
            return new Pipe<>(
                    new WireConnection<>(ends[0], first, options, null),
                    new WireConnection<>(ends[1], second, options, null));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open a pipe", e);
        }
    }

    /**
     * Returns one end.
     *
     * @return the end, the same object at each call
     */
    public Connection<T> first() {
        return first;
    }

    /**
     * Returns the other end.
     *
     * @return the end, the same object at each call
     */
    public Connection<T> second() {
        return second;
    }

    /** Closes the ends that are still in this process. Does nothing the second time. */
    @Override
    public void close() {
        first.close();
        second.close();
    }
}
