package dev.procession.core.transfer;

import dev.procession.core.UnserializableException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * Why an exception could not be serialised, and its form in bytes: three texts, as {@link
 * DataOutputStream#writeUTF} writes them.
 *
 * @param message the whole message, which names the field that was in the way
 * @param path the way from the exception to the obstacle; empty if it is not known
 * @param className the class that is the obstacle
 */
record FailureObstacle(String message, String path, String className) {

    private static final StackTraceElement[] NO_FRAMES = {};

    /**
     * The obstacle in what a codec has thrown.
     *
     * @param failure the exception that was to be serialised
     * @param thrown what the codec threw instead
     */
    static FailureObstacle of(FailureDescription failure, Throwable thrown) {
        if (thrown instanceof UnserializableException known) {
            return new FailureObstacle(
                    FailureDescriber.cut(String.valueOf(known.getMessage())),
                    FailureDescriber.cut(known.path()),
                    FailureDescriber.cut(known.className()));
        }
        String reason = FailureDescriber.attempt(thrown::toString, thrown.getClass().getName());
        return new FailureObstacle(
                FailureDescriber.cut("cannot serialise " + failure.className() + ": " + reason),
                "",
                failure.className());
    }

    void write(DataOutputStream out) throws IOException {
        out.writeUTF(message);
        out.writeUTF(path);
        out.writeUTF(className);
    }

    static FailureObstacle read(DataInputStream in) throws IOException {
        return new FailureObstacle(in.readUTF(), in.readUTF(), in.readUTF());
    }

    /** Makes the exception that says it; without a stack trace, which would be this process's. */
    UnserializableException asException() {
        UnserializableException exception =
                new UnserializableException(message, path, className, null);
        exception.setStackTrace(NO_FRAMES);
        return exception;
    }
}
