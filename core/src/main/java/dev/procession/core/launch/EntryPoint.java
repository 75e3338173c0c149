package dev.procession.core.launch;

/** What runs on the main thread of a child JVM; its class has a constructor without parameters. */
public interface EntryPoint extends ParentConnection.Handler {

    /**
     * Does the work. When it returns the JVM ends as any other does, after the last thread that is
     * not a daemon.
     *
     * @param parent the link to the parent; {@link ParentConnection#listen} comes as soon as {@link
     *     #connected} and {@link #interrupt} may be called
     * @param payload what the parent sent to start with
     */
    void run(ParentConnection parent, byte[] payload) throws Exception;
}
