package dev.procession.core;

import org.jspecify.annotations.Nullable;

/**
 * Replaces an exception of another process that could not be sent as itself: its class is unknown
 * here, or it could not be serialised or restored.
 *
 * <p>Its stack trace is that of the original in the other process; its cause and its suppressed
 * exceptions are replacements too. A further suppressed exception says why the original was
 * replaced: an {@link UnserializableException} names the field that was in the way. An exception
 * that can be sent arrives as its own type instead.
 */
public final class RemoteException extends ProcessionException {

    private static final long serialVersionUID = 1L;

    private final String remoteClassName;

    /**
     * Creates a replacement. Its stack trace is that of the caller until it is set to the remote
     * one.
     *
     * @param remoteClassName the name of the class of the exception that was thrown
     * @param remoteMessage the message of that exception, or {@code null} if it had none
     * @param cause a replacement for the cause of that exception, or {@code null} if it had none
     */
    public RemoteException(
            String remoteClassName, @Nullable String remoteMessage, @Nullable Throwable cause) {
        super(
                remoteMessage == null ? remoteClassName : remoteClassName + ": " + remoteMessage,
                cause);
        this.remoteClassName = remoteClassName;
    }

    /**
     * Returns the class name of the exception that was thrown in the other process.
     *
     * @return the name as in {@link Class#getName()}
     */
    public String remoteClassName() {
        return remoteClassName;
    }
}
