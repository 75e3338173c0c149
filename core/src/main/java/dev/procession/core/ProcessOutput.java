package dev.procession.core;

import java.util.Objects;
import java.util.function.Consumer;

/**
 * Receives the lines that child processes print.
 *
 * <p>Both streams of a child are always read, so a child does not block on a full pipe, and the
 * last kilobytes are kept for the message of a crash. One thread for each stream of each child
 * calls the implementation, so it must be thread-safe. It must not block for long: while it does,
 * that child can block in printing. A runtime exception that it throws is logged, the first for
 * each stream, and the line is lost.
 */
@FunctionalInterface
public interface ProcessOutput {

    /** Which stream a line was printed to. */
    enum Stream {
        /** Standard output. */
        OUT,
        /** Standard error. */
        ERR
    }

    /**
     * Receives one line.
     *
     * @param process the name of the child
     * @param stream where it printed the line
     * @param line without its end; a line of more than 8192 characters comes in pieces
     */
    void line(String process, Stream stream, String line);

    /**
     * Receives one line with its origin: the process, and the task that a worker ran. By default it
     * calls the other method.
     *
     * @param line the line
     */
    default void line(OutputLine line) {
        line(line.process(), line.stream(), line.text());
    }

    /**
     * Returns an output that passes each line on with its origin.
     *
     * <pre>{@code
     * ProcessPoolExecutor.builder()
     *         .output(ProcessOutput.lines(line -> log.info("task {}: {}", line.task(), line.text())))
     * }</pre>
     *
     * @param receiver gets the lines; thread-safe
     * @return an output
     */
    static ProcessOutput lines(Consumer<? super OutputLine> receiver) {
        Objects.requireNonNull(receiver, "receiver");
        return new ProcessOutput() {
            @Override
            public void line(OutputLine line) {
                receiver.accept(line);
            }

            @Override
            public void line(String process, Stream stream, String line) {
                receiver.accept(new OutputLine(process, 0, stream, line, null, -1, 0, null));
            }
        };
    }

    /**
     * Returns an output that prints each line to the same stream of this process, with the child's
     * name before it, and the pid and the task of a worker; see {@link OutputLine#toString}. It is
     * the default, as Python's children share their parent's streams.
     *
     * @return the same output at every call
     */
    static ProcessOutput forward() {
        return ForwardedOutput.INSTANCE;
    }

    /**
     * Returns an output that drops the lines.
     *
     * @return an output
     */
    static ProcessOutput discard() {
        return (process, stream, line) -> {};
    }
}
