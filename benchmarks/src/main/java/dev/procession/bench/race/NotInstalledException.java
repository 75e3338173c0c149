package dev.procession.bench.race;

/** A rival cannot take part, because this machine lacks the program that the message names. */
public final class NotInstalledException extends Exception {

    private static final long serialVersionUID = 1L;

    public NotInstalledException(String message, Throwable cause) {
        super(message, cause);
    }
}
