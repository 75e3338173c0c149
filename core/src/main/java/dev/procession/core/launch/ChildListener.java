package dev.procession.core.launch;

import dev.procession.core.OutputLine;

/** Hears of a child's death, and of what it prints, on threads of that child. */
@FunctionalInterface
public interface ChildListener {

    /** The number of the task of a line that has no mark. */
    long UNKNOWN = -1;

    /**
     * The process is dead; its last output was not read yet, and {@link ChildJvm#onExit} comes
     * later. It must not block.
     */
    void died();

    /**
     * Returns a line that the child has printed with what is known of its origin.
     *
     * @param line with the process alone
     * @param task what the child says that it ran at the write, 0 for nothing; {@link #UNKNOWN} if
     *     it does not say it
     */
    default OutputLine printed(OutputLine line, long task) {
        return line;
    }
}
