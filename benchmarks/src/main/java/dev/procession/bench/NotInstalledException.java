package dev.procession.bench;

/** A rival cannot take part, because this machine lacks what its message names. */
final class NotInstalledException extends Exception {

    private static final long serialVersionUID = 1L;

    NotInstalledException(String message, Throwable cause) {
        super(message, cause);
    }
}
