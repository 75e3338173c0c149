package dev.procession.core.launch;

/** The code on the main thread of a child JVM; its class has a constructor without parameters. */
public interface EntryPoint extends ParentConnection.Handler {

    /**
     * Does the work. When it returns the JVM ends as any other does, after the last thread that is
     * not a daemon.
     *
     * @param parent the link to the parent; the entry point calls {@link ParentConnection#listen}
     *     once it is ready for calls of {@link #connected} and {@link #interrupt}
     * @param payload the bytes of the parent's {@link ChildJvm.Work}
     */
    void run(ParentConnection parent, byte[] payload) throws Exception;
}
