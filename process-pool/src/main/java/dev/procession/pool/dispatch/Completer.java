package dev.procession.pool.dispatch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.log.Log;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The threads that complete futures, and do what else runs the user's code or takes long, so that
 * the dispatcher's thread never does.
 *
 * <p>While jobs wait, there is a thread for each job that blocks, and one more for each processor.
 * So a result whose decoding never ends, or an action that waits for another task, delays its own
 * future only. A result without a waiting thread and without dependent actions is delivered after a
 * short delay: a thread that asks for it meanwhile decodes it itself, and no thread is woken.
 *
 * <p>This object itself guards its list of threads; the jobs are in a concurrent queue.
 */
final class Completer implements Executor {

    private static final Log LOG = Log.of(Completer.class);

    /** The delay of a result that no thread waits for. */
    static final long DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final long STUCK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** From this number of threads on, one is added only each {@link #STUCK_NANOS}. */
    private static final int MANY_THREADS = 256;

    /** Jobs wait if so many threads are blocked. */
    private static final int MOST_THREADS = 512;

    /** The pause after a thread could not be started. */
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

    /** Whether the dispatcher was told that jobs wait for a tick. */
    private final AtomicBoolean tickWanted = new AtomicBoolean();

    Completer(String name) {
        this.name = name;
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        this.loader = context != null ? context : ClassLoader.getSystemClassLoader();
    }

    /** Runs a job that nobody waits for, within some time. */
    @Override
    public void execute(Runnable job) {
        add(job, System.nanoTime()); // and asks for no tick: a job that is awaited may come next
    }

    private void add(Runnable job, long now) {
        if (jobs.isEmpty()) {
            oldest = now;
        }
        jobs.add(job);
    }

    /** Runs a job soon. If this throws, the job was not taken. */
    void run(Runnable job) {
        jobs.add(job);
        try {
            wake();
        } catch (Throwable e) {
            // No memory, say; the job is in the queue, and a later tick wakes a thread.
        }
    }

    /**
     * Runs a job after the delay, at the call of {@link #tick}. Returns true if nobody has asked
     * for that call yet.
     */
    boolean runLater(Runnable job, long now) {
        add(job, now);
        return !tickWanted.get() && !tickWanted.getAndSet(true);
    }

    boolean hasJobs() {
        tickWanted.set(false); // first: a job that is added from now on asks again
        return !jobs.isEmpty();
    }

    /**
     * Wakes a thread for jobs whose delay is over; the dispatcher calls it while there are jobs.
     */
    void tick(long now) {
        if (!jobs.isEmpty() && now - oldest >= DELAY_NANOS) {
            wake();
        }
    }

    /** Wakes a thread that sleeps, or starts one if too few are free of blocking jobs. */
    private void wake() {
        Throwable failure = wakeOrStart();
        if (failure != null) {
            LOG.report(Level.WARNING, "callbacks of " + name + " wait for a thread", failure);
        }
    }

    /** Returns why no thread could be started, at the first time only; else null. */
    private synchronized @Nullable Throwable wakeOrStart() {
        long now = System.nanoTime();
        int busy = 0;
        for (CompleterThread each : threads) {
            if (each.idle) {
                each.idle = false;
                each.since = now;
                LockSupport.unpark(each.thread);
                return null;
            }
            busy += each.isStuck(now) ? 0 : 1;
        }
        return busy < PROCESSORS && threads.size() < MOST_THREADS && now - noStartBefore >= 0
                ? addThread(now)
                : null;
    }

    @GuardedBy("this")
    private @Nullable Throwable addThread(long now) {
        noStartBefore = threads.size() < MANY_THREADS ? now : now + STUCK_NANOS;
        CompleterThread each = new CompleterThread();
        threads.add(each);
        try {
            each.thread.start();
            shortOfThreads = false;
            return null;
        } catch (Throwable e) { // no thread was available; the next tick tries again
            threads.remove(each);
            noStartBefore = now + NO_THREAD_NANOS;
            boolean news = !shortOfThreads;
            shortOfThreads = true;
            return news ? e : null;
        }
    }

    /**
     * Waits until all jobs are done, but no longer than this; then the threads end.
     *
     * @param awaitsThis which threads wait for the caller: the job of such a thread is not awaited
     */
    void finish(long nanos, Predicate<Thread> awaitsThis) {
        long deadline = System.nanoTime() + nanos;
        boolean interrupted = false;
        while (isBusy(awaitsThis) && System.nanoTime() - deadline < 0) {
            wakeForJobs();
            LockSupport.parkNanos(this, DELAY_NANOS);
            interrupted |= Thread.interrupted();
        }
        synchronized (this) {
            for (CompleterThread each : threads) {
                each.last = true;
                LockSupport.unpark(each.thread);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * After {@link #finish}: runs the jobs for which no thread could be started. If there are
     * threads, they run them.
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
        } catch (Throwable e) { // from the user's callback; the thread goes on
            LOG.report(Level.WARNING, "a callback of " + name + " failed", e);
        }
    }

    private void wakeForJobs() {
        if (!jobs.isEmpty()) {
            wake();
        }
    }

    private synchronized boolean isBusy(Predicate<Thread> awaitsThis) {
        if (!jobs.isEmpty()) {
            return true;
        }
        for (CompleterThread each : threads) {
            if (!each.idle && !awaitsThis.test(each.thread)) {
                return true;
            }
        }
        return false;
    }

    private synchronized boolean rest(CompleterThread each) {
        if (!jobs.isEmpty()) {
            return false;
        }
        each.idle = true;
        return true;
    }

    private synchronized boolean leave(CompleterThread each) {
        return (each.idle || each.last) && jobs.isEmpty() && threads.remove(each);
    }

    /** One thread. */
    private final class CompleterThread implements Runnable {

        private final Thread thread = new Thread(null, this, name + "-completer", 0, false);
        private volatile long since = System.nanoTime();
        private volatile boolean idle;
        private volatile boolean working;
        private volatile boolean last;

        CompleterThread() {
            thread.setDaemon(true);
            thread.setContextClassLoader(loader);
        }

        /** Whether its job blocks or runs for long; false if it was just woken. */
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
                    boolean unused =
                            Thread.interrupted(); // the user's callback may have interrupted it
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
