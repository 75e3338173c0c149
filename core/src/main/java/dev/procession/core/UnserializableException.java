package dev.procession.core;

import org.jspecify.annotations.Nullable;

/**
 * An object could not be turned into bytes, so it was not sent anywhere.
 *
 * <p>It is thrown in the thread that tried to send the object, before anything left the process.
 * The message names what stands in the way as a path of fields and captured arguments:
 *
 * <pre>
 * cannot serialise lambda in com.acme.App: captured argument 2 (com.acme.Job) → Job.connection:
 * java.lang.Thread is not Serializable; make the field transient, or create it inside the task
 * </pre>
 *
 * <p>Captured arguments are counted from 1 in the order in which the compiler captures them, a
 * captured {@code this} aside. If the object's own serialisation code failed, that failure is the
 * {@linkplain #getCause() cause}.
 */
public final class UnserializableException extends ProcessionException {

    private static final long serialVersionUID = 1L;

    private final String path;
    private final String className;

    /**
     * Creates an exception.
     *
     * @param message the whole message, path and class included
     * @param path the way from the refused object to the obstacle; see {@link #path()}
     * @param className the name of the class that stands in the way
     * @param cause what the attempt failed with, or {@code null} if none was made
     */
    public UnserializableException(
            String message, String path, String className, @Nullable Throwable cause) {
        super(message, cause);
        this.path = path;
        this.className = className;
    }

    /**
     * Tells how the obstacle is reached from the object that was to be sent, for example {@code
     * captured argument 2 (com.acme.Job) → Job.connection}.
     *
     * @return the steps joined by arrows; empty if that object is itself the obstacle, or if the
     *     way to it could not be found
     */
    public String path() {
        return path;
    }

    /**
     * Names the class that is not serialisable.
     *
     * @return its name as in {@link Class#getName()}, which for a lambda is the one that the JVM
     *     made up; the class of the whole object if the obstacle is not known
     */
    public String className() {
        return className;
    }
}
