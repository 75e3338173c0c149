package dev.procession.core.thread;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Makes threads that do one task after the other, and end while there is none. */
public final class IdleThread {

    private static final long IDLE_SECONDS = 10;

    private IdleThread() {}

    /** Returns an executor with one daemon thread, which starts with the first task. */
    public static ThreadPoolExecutor named(String name) {
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(
                        1,
                        1,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        body -> {
                            Thread made = new Thread(body, name);
                            made.setDaemon(true);
                            return made;
                        });
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }
}
