package dev.procession.testing;

/**
 * Makes what a JVM makes once and keeps, such as the socket that it listens on for all its
 * children, so that the watcher finds it before the first test. A module names its own in {@code
 * META-INF/services}.
 */
public interface WarmUp {

    /** Runs before the first test class of a JVM. */
    void run() throws Exception;
}
