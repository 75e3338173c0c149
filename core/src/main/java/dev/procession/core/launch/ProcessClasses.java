package dev.procession.core.launch;

import dev.procession.core.life.Session;

/**
 * Loads the JDK's classes that the first start of a process needs, on a thread of its own, from the
 * moment at which the first builder is made. In a cold JVM the JDK takes as long to start a process
 * as Procession takes to make a pool, and most machines have two processors.
 *
 * <p>From JDK 22 on {@link ProcessBuilder#start} also looks for a logger in all JARs, after it has
 * created the process. That is not done here: it would keep other threads from loading classes
 * before there is a process.
 *
 * <p>It changes nothing but the speed of what follows: without this thread, or if it fails, the
 * thread that starts the process loads the same classes.
 */
public final class ProcessClasses implements Runnable {

    private static final int STACK_BYTES = 1 << 18;

    static {
        start();
    }

    private ProcessClasses() {}

    /** Starts the thread at the first call in this JVM; returns at once. */
    public static void preload() {
        // The initialization of this class has started it.
    }

    private static void start() {
        try {
            Thread thread =
                    new Thread(
                            null, new ProcessClasses(), "procession-preload", STACK_BYTES, false);
            thread.setDaemon(true);
            thread.start();
        } catch (OutOfMemoryError e) { // no thread is available now
            // The thread that starts the process loads the classes.
        }
    }

    @Override
    public void run() {
        try {
            Class<?> unusedClass = Class.forName("java.lang.ProcessImpl");
            ProcessHandle unusedHandle = ProcessHandle.current();
            Object unusedVariables = new ProcessBuilder().environment();
            Session.preload();
        } catch (Throwable e) { // the JDK's classes have other names, say
            // The thread that starts the process loads the classes.
        }
    }
}
