package dev.procession.core.launch;

/** A daemon thread with a small stack that serves one child of this process. */
final class ChildThread {

    private static final int STACK_BYTES = 1 << 18;

    private ChildThread() {}

    static Thread start(String name, Runnable work) {
        Thread thread = new Thread(null, work, name, STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
