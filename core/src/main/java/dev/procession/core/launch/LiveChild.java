package dev.procession.core.launch;

/** What {@link LiveChildren} needs of a child process. */
interface LiveChild {

    /** True if this process may end while the child runs. */
    boolean isDaemon();

    /** True when the end was reported. */
    boolean hasEnded();

    /** Asks the JVM to end (SIGTERM): its shutdown hooks run. */
    void terminate();

    /** Ends the process at once (SIGKILL). */
    void kill();

    /**
     * Waits until the operating system has reported the end; false if it did not in time or this
     * thread was interrupted.
     */
    boolean awaitProcess(long nanos);
}
