package dev.procession.core.life;

import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The processes that share a directory and can find out which of them are alive.
 *
 * <p>A member's number is never given twice in a directory, so it identifies one process for ever:
 * it is the owner token in shared memory.
 */
public interface Members {

    /** Returns this process's member number. */
    long self();

    /**
     * True if the kernel has proven that the member is dead. Takes some microseconds; does not
     * block. False for this process itself.
     */
    boolean isDead(long member) throws IOException;

    /** Returns the shared directory. */
    Path home();

    /** Returns the spare directory, for segments and spill files when {@link #home} is full. */
    Path spare();

    /**
     * Returns the spare directory, and makes it if it is missing.
     *
     * @param reason why {@link #home} could not be used; thrown if the home is gone
     */
    Path openSpare(IOException reason) throws IOException;

    /** Returns a number that this process has not used in a name before. */
    long newName();

    /**
     * Makes a segment in the directory, or, when that is full, in the spare one.
     *
     * @param body the first words of its body
     * @throws IOException if neither has room; no file is left behind then
     */
    Segment createSegment(String name, SegmentKind kind, int length, long... body)
            throws IOException;
}
