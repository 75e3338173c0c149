package dev.procession.testing;

/**
 * Creates the resources that a JVM creates once and keeps, such as the socket that it listens on
 * for all its children, so that the first census includes them. A module names its own in {@code
 * META-INF/services}.
 */
public interface WarmUp {

    /** Runs before the first test class of a JVM. */
    void run() throws Exception;
}
