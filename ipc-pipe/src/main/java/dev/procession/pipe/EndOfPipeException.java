package dev.procession.pipe;

import dev.procession.core.ProcessionException;

/**
 * The other end of a pipe has ended, and all messages that it sent were received: Python's {@code
 * EOFError}. {@link #died} says whether its process died or closed it.
 */
public final class EndOfPipeException extends ProcessionException {

    private static final long serialVersionUID = 1L;

    private final boolean died;

    EndOfPipeException(boolean died) {
        super(died ? "the process that held the other end has died" : "the other end was closed");
        this.died = died;
    }

    /**
     * Returns whether the process that held the other end died, as proven by the kernel, instead of
     * closing it.
     *
     * @return true if the process died; false if it closed the end
     */
    public boolean died() {
        return died;
    }
}
