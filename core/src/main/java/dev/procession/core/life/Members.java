package dev.procession.core.life;

import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Processes that know of each other who is alive, and the directory that they share.
 *
 * <p>A member's number is never given twice in such a circle, so it stands for one process and no
 * other, for ever: it is the owner token in shared memory.
 */
public interface Members {

    /** This process's number. */
    long self();

    /**
     * True if the kernel says that the member has died. Takes some microseconds; does not block.
     * False for this process itself.
     */
    boolean isDead(long member) throws IOException;

    /** The directory. */
    Path home();

    /** Where segments and messages go when {@link #home} is full. */
    Path spare();

    /** The spare directory, made if need be, because the first choice failed. */
    Path openSpare(IOException reason) throws IOException;

    /** A number that this process has given to nothing else. */
    long newName();

    /**
     * Makes a segment in the directory, or, when that is full, in the spare one.
     *
     * @param body the first words of its body
     * @throws IOException if neither has room; nothing is left behind then
     */
    Segment createSegment(String name, SegmentKind kind, int length, long... body)
            throws IOException;
}
