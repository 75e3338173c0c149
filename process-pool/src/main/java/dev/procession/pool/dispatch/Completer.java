package dev.procession.pool.dispatch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.log.Log;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads that tell futures how their tasks ended, and do what else may run users' code or take
 * long, so that the dispatcher never does.
 *
 * <p>There are as many threads as jobs that block, and one for each processor beside them while
 * jobs wait: a result that never ends being read, or an action that waits for a later one, holds up
 * its own future only. A result that nobody waits for and that nothing depends on is told with a
 * short delay, for whoever asks for it meanwhile decodes it at once and no thread has to be woken.
 */
final class Completer {

    private static final Log LOG = Log.of(Completer.class);

    /** How long a result may wait that nobody has asked for. */
    static final long DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final long STUCK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** From so many threads on another one is added only each {@link #STUCK_NANOS}. */
    private static final int MANY_THREADS = 256;

    /** How long no thread is tried when none was to be had. */
    private static final long NO_THREAD_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    private final String name;
    private final ClassLoader loader;
    private final Queue<Runnable> jobs = new ConcurrentLinkedQueue<>();

    @GuardedBy("this")
    private final List<CompleterThread> threads = new ArrayList<>();

    @GuardedBy("this")
    private long noStartBefore = System.nanoTime();

    @GuardedBy("this")
    private boolean shortOfThreads;

    private volatile long oldest;

    Completer(String name) {
        this.name = name;
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        this.loader = context != null ? context : ClassLoader.getSystemClassLoader();
    }

    /** Does a job soon. */
    void run(Runnable job) {
        jobs.add(job);
        wake();
    }

    /** Does a job when {@link #tick} finds that nobody else has. */
    void runLater(Runnable job, long now) {
        if (jobs.isEmpty()) {
            oldest = now;
        }
        jobs.add(job);
    }

    boolean hasJobs() {
        return !jobs.isEmpty();
    }

    /** By the dispatcher, again and again while there are jobs. */
    void tick(long now) {
        if (!jobs.isEmpty() && now - oldest >= DELAY_NANOS) {
            wake();
        }
    }

    /** Wakes a thread that sleeps, or starts one if too few of those that there are get on. */
    private void wake() {
        Throwable failure = wakeOrStart();
        if (failure != null) {
            LOG.report(Level.WARNING, "callbacks of " + name + " wait for a thread", failure);
        }
    }

    /** Why no thread was to be had, when that is news; else null. */
    private synchronized @Nullable Throwable wakeOrStart() {
        long now = System.nanoTime();
        int busy = 0;
        for (CompleterThread hand : threads) {
            if (hand.idle) {
                hand.idle = false;
                hand.since = now;
                LockSupport.unpark(hand.thread);
                return null;
            }
            busy += hand.isStuck(now) ? 0 : 1;
        }
        return busy < PROCESSORS && now - noStartBefore >= 0 ? addThread(now) : null;
    }

    @GuardedBy("this")
    private @Nullable Throwable addThread(long now) {
        noStartBefore = threads.size() < MANY_THREADS ? now : now + STUCK_NANOS;
        CompleterThread hand = new CompleterThread();
        threads.add(hand);
        try {
            hand.thread.start();
            shortOfThreads = false;
            return null;
        } catch (Throwable e) { // no thread is to be had; the dispatcher's next tick tries again
            threads.remove(hand);
            noStartBefore = now + NO_THREAD_NANOS;
            boolean news = !shortOfThreads;
            shortOfThreads = true;
            return news ? e : null;
        }
    }

    /** Waits until all jobs are done, but not for those that are stuck. */
    void finish(long nanos) {
        long deadline = System.nanoTime() + nanos;
        boolean interrupted = false;
        while (isBusy() && System.nanoTime() - deadline < 0) {
            wakeForJobs();
            LockSupport.parkNanos(this, DELAY_NANOS);
            interrupted |= Thread.interrupted();
        }
        synchronized (this) {
            for (CompleterThread hand : threads) {
                hand.last = true;
                LockSupport.unpark(hand.thread);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * After the last {@link #finish}: does what is left when no thread was to be had for it. Where
     * there are threads, they do it.
     */
    void doRest() {
        synchronized (this) {
            if (!threads.isEmpty()) {
                return;
            }
        }
        Runnable job;
        while ((job = jobs.poll()) != null) {
            doSafely(job);
        }
    }

    private void doSafely(Runnable job) {
        try {
            job.run();
        } catch (Throwable e) { // a callback of the user's; the thread goes on
            LOG.report(Level.WARNING, "a callback of " + name + " failed", e);
        }
    }

    private void wakeForJobs() {
        if (!jobs.isEmpty()) {
            wake();
        }
    }

    private synchronized boolean isBusy() {
        if (!jobs.isEmpty()) {
            return true;
        }
        for (CompleterThread hand : threads) {
            if (!hand.idle) {
                return true;
            }
        }
        return false;
    }

    private synchronized boolean rest(CompleterThread hand) {
        if (!jobs.isEmpty()) {
            return false;
        }
        hand.idle = true;
        return true;
    }

    private synchronized boolean leave(CompleterThread hand) {
        return (hand.idle || hand.last) && jobs.isEmpty() && threads.remove(hand);
    }

    /** One thread. */
    private final class CompleterThread implements Runnable {

        private final Thread thread = new Thread(null, this, name + "-completer");
        private volatile long since = System.nanoTime();
        private volatile boolean idle;
        private volatile boolean working;
        private volatile boolean last;

        CompleterThread() {
            thread.setDaemon(true);
            thread.setContextClassLoader(loader);
        }

        /** True if its job waits for something, or runs for long; one just woken is not. */
        boolean isStuck(long now) {
            return now - since >= STUCK_NANOS
                    || (working
                            && switch (thread.getState()) {
                                case WAITING, TIMED_WAITING -> true;
                                default -> false;
                            });
        }

        @Override
        public void run() {
            do {
                work();
                if (rest(this) && !last) {
                    LockSupport.parkNanos(Completer.this, IDLE_NANOS);
                    boolean unused = Thread.interrupted(); // by a callback of the user's
                }
            } while (!leave(this));
        }

        private void work() {
            Runnable job;
            while ((job = jobs.poll()) != null) {
                since = System.nanoTime();
                working = true;
                doSafely(job);
                working = false;
            }
        }
    }
}
