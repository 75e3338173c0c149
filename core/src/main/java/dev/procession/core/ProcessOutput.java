package dev.procession.core;

/**
 * Hears what child processes print, line by line.
 *
 * <p>Both streams of a child are always read, whatever is done with the lines, so a child never
 * blocks on a full pipe, and the last kilobytes are kept for the message when it crashes. An
 * implementation is called by one thread for each stream of each child and must not block for long:
 * while it does, that child's printing waits.
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
     * Hears one line.
     *
     * @param process the name of the child
     * @param stream where it printed the line
     * @param line without its end; a line of more than 8192 characters comes in pieces
     */
    void line(String process, Stream stream, String line);

    /**
     * Prints each line to the same stream of this process, with the child's name before it. The
     * default, as Python's children share their parent's streams.
     *
     * @return such an output
     */
    static ProcessOutput forward() {
        return ForwardedOutput.INSTANCE;
    }

    /**
     * Drops the lines.
     *
     * @return such an output
     */
    static ProcessOutput discard() {
        return (process, stream, line) -> {};
    }
}
