package dev.procession.core.failure;

import dev.procession.core.RemoteException;
import dev.procession.core.proto.Failure;
import org.jspecify.annotations.Nullable;

/** Builds the exceptions that stand in for those that could not travel. */
final class StandIn {

    private StandIn() {}

    static RemoteException of(Failure failure) {
        RemoteException cause = failure.hasCause() ? of(failure.getCause()) : null;
        RemoteException standIn = new RemoteException(className(failure), message(failure), cause);
        standIn.setStackTrace(stackTrace(failure));
        for (Failure suppressed : failure.getSuppressedList()) {
            standIn.addSuppressed(of(suppressed));
        }
        return standIn;
    }

    static RemoteException forDamagedBytes(int length, Throwable damage) {
        return new RemoteException(
                "unknown", "the description of the exception is damaged, bytes=" + length, damage);
    }

    static StackTraceElement[] stackTrace(Failure failure) {
        StackTraceElement[] trace = new StackTraceElement[failure.getFramesCount()];
        for (int i = 0; i < trace.length; i++) {
            Failure.Frame frame = failure.getFrames(i);
            trace[i] =
                    new StackTraceElement(
                            frame.getDeclaringClass(),
                            frame.getMethod(),
                            frame.hasFile() ? frame.getFile() : null,
                            frame.getLine());
        }
        return trace;
    }

    private static String className(Failure failure) {
        return failure.getClassName().isEmpty() ? "unknown" : failure.getClassName();
    }

    /** The message; or what toString said beyond the class name, for those that override it. */
    private static @Nullable String message(Failure failure) {
        if (failure.hasMessage()) {
            return failure.getMessage();
        }
        String description = failure.getDescription();
        return description.isEmpty() || description.equals(failure.getClassName())
                ? null
                : description;
    }
}
