package dev.procession.pool.dispatch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The thread that starts workers while the dispatcher's thread goes on reading. It is made when it
 * is needed, and ends when it is not. Any thread may call {@link #execute}; this object itself
 * guards the field.
 */
final class StarterThread {

    private final String pool;

    @GuardedBy("this")
    private @Nullable ThreadPoolExecutor executor;

    StarterThread(String pool) {
        this.pool = pool;
    }

    synchronized void execute(Runnable work) {
        ThreadPoolExecutor made = executor;
        if (made == null) {
            made =
                    new ThreadPoolExecutor(
                            1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), this::thread);
            made.allowCoreThreadTimeOut(true);
            executor = made;
        }
        made.execute(work);
    }

    private Thread thread(Runnable work) {
        Thread made = new Thread(null, work, pool + "-starter", 0, false);
        made.setDaemon(true);
        return made;
    }

    /** Waits for the starts that are under way, but no longer than this. */
    void finish(long nanos) {
        ThreadPoolExecutor made;
        synchronized (this) {
            made = executor;
        }
        if (made == null) {
            return;
        }
        made.shutdown();
        try {
            boolean unused = made.awaitTermination(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the dispatcher's thread ends
        }
    }
}
