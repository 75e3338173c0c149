package dev.procession.pipe;

import dev.procession.core.ProcessionException;

/**
 * The other end of a pipe has ended, and everything that it sent was received: Python's {@code
 * EOFError}. {@link #died} says which of the two ways it went.
 */
public final class EndOfPipeException extends ProcessionException {

    private static final long serialVersionUID = 1L;

    private final boolean died;

    EndOfPipeException(boolean died) {
        super(died ? "the process that held the other end has died" : "the other end was closed");
        this.died = died;
    }

    /**
     * Whether the process that held the other end died, as the kernel has proven, instead of
     * closing it.
     *
     * @return true if it died
     */
    public boolean died() {
        return died;
    }
}
