package dev.procession.core.transfer;

import dev.procession.core.RemoteException;
import org.jspecify.annotations.Nullable;

/** Builds the exceptions that replace those that could not be sent. */
final class StandIn {

    private StandIn() {}

    static RemoteException of(FailureDescription failure) {
        RemoteException cause = failure.cause() == null ? null : of(failure.cause());
        RemoteException standIn = new RemoteException(className(failure), message(failure), cause);
        standIn.setStackTrace(stackTrace(failure));
        for (FailureDescription suppressed : failure.suppressed()) {
            standIn.addSuppressed(of(suppressed));
        }
        return standIn;
    }

    /**
     * The replacement of an exception, with the reason for it.
     *
     * @param reason why the exception itself could not be sent or restored
     */
    static RemoteException of(FailureDescription failure, Throwable reason) {
        RemoteException standIn = of(failure);
        standIn.addSuppressed(reason);
        return standIn;
    }

    static RemoteException forDamagedBytes(int length, Throwable damage) {
        return new RemoteException(
                "unknown", "the description of the exception is damaged, bytes=" + length, damage);
    }

    static StackTraceElement[] stackTrace(FailureDescription failure) {
        return failure.frames().toArray(new StackTraceElement[0]);
    }

    private static String className(FailureDescription failure) {
        return failure.className().isEmpty() ? "unknown" : failure.className();
    }

    /**
     * The message; without one the result of {@code toString}, if it is more than the class name.
     */
    private static @Nullable String message(FailureDescription failure) {
        if (failure.message() != null) {
            return failure.message();
        }
        String text = failure.text();
        return text == null || text.isEmpty() || text.equals(failure.className()) ? null : text;
    }
}
