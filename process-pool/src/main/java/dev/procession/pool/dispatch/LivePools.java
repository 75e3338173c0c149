package dev.procession.pool.dispatch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.life.Session;
import dev.procession.core.log.Log;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The pools of this JVM that have not ended. When the JVM ends, the pools end first and their
 * workers after them. So an exit hook that closes a pool finds it as it would find a thread pool:
 * tasks go on for as long as the hook waits.
 */
final class LivePools {

    private static final Log LOG = Log.of(LivePools.class);

    /** How long a pool with tasks goes on, so that a hook can begin to wait for it. */
    static final long HEAD_START_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** How long a hook may wait without a limit of its own. */
    static final long UNLIMITED_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** How long the workers may take to end, and the pools to notice. */
    private static final long END_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final Object LOCK = new Object();

    @GuardedBy("LOCK")
    private static final Set<Pool> POOLS = new LinkedHashSet<>();

    @GuardedBy("LOCK")
    private static boolean hooked;

    /** What a pool does when this JVM ends, in this order. */
    interface Pool {

        /** Refuses more tasks, repeats none, and starts no worker any more. */
        void processEnds();

        /** Waits for the end of the pool as long as exit hooks do, at least until a moment. */
        void awaitExitHooks(long headStart);

        /** Ends the tasks that run, and cancels the others. */
        void endTasks();

        /** Waits for the end of the pool; false when it does not come before the deadline. */
        boolean awaitEnd(long deadline);
    }

    private LivePools() {}

    static void add(Pool pool) {
        synchronized (LOCK) {
            POOLS.add(pool);
        }
    }

    /** Registers the end of the pools with the session, before the end of its children. */
    static void workerStarted() {
        try {
            hook();
        } catch (IOException e) {
            LOG.report(Level.WARNING, "pools will not end before their workers do", e);
        }
    }

    private static void hook() throws IOException {
        synchronized (LOCK) {
            if (!hooked) {
                // Not a lambda, which would take a millisecond of a cold start.
                Session.current()
                        .beforeEnd(
                                new Runnable() {
                                    @Override
                                    public void run() {
                                        endAll();
                                    }
                                });
                hooked = true;
            }
        }
    }

    static void remove(Pool pool) {
        synchronized (LOCK) {
            POOLS.remove(pool);
        }
    }

    private static void endAll() {
        List<Pool> pools;
        synchronized (LOCK) {
            pools = new ArrayList<>(POOLS);
        }
        for (Pool pool : pools) {
            pool.processEnds();
        }
        long headStart = System.nanoTime() + HEAD_START_NANOS;
        for (Pool pool : pools) {
            pool.awaitExitHooks(headStart);
        }
        for (Pool pool : pools) {
            pool.endTasks();
        }
        long deadline = System.nanoTime() + END_NANOS;
        for (Pool pool : pools) {
            boolean unused = pool.awaitEnd(deadline);
        }
    }
}
