package dev.procession.core.launch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.life.Session;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The children of this process that run. While one of them is not a daemon, a thread that is not a
 * daemon keeps this JVM alive, as Python's multiprocessing waits for its children. When the JVM
 * ends nevertheless ({@code System.exit}, a signal), its shutdown ends the children first.
 */
final class LiveChildren {

    private static final long GRACE_MILLIS = 1000;

    private static final Object LOCK = new Object();

    @GuardedBy("LOCK")
    private static final Set<LiveChild> CHILDREN = new HashSet<>();

    @GuardedBy("LOCK")
    private static boolean hooked;

    /** True when this process is ending: every child that is added later is killed. */
    @GuardedBy("LOCK")
    private static boolean ending;

    @GuardedBy("LOCK")
    private static @Nullable Thread keeper;

    private LiveChildren() {}

    /**
     * Adds a child.
     *
     * @param session runs {@link #endAll} when this process ends
     */
    static void add(LiveChild child, Session session) {
        synchronized (LOCK) {
            if (child.hasEnded()) {
                return; // ended already, and removed
            }
            if (ending) {
                child.kill(); // its start began before this process began to end
                return;
            }
            CHILDREN.add(child);
            if (!hooked) {
                hooked = true;
                // Not a lambda, which would take a millisecond of a cold start.
                session.beforeEnd(
                        new Runnable() {
                            @Override
                            public void run() {
                                endAll();
                            }
                        });
            }
            if (!child.isDaemon() && keeper == null) {
                Thread thread = new Thread(LiveChildren::keepAlive, "procession-children");
                thread.setDaemon(false);
                thread.start();
                keeper = thread;
            }
        }
    }

    static void remove(LiveChild child) {
        synchronized (LOCK) {
            CHILDREN.remove(child);
            LOCK.notifyAll(); // the keeper thread ends after the last child that is not a daemon
        }
    }

    private static void keepAlive() {
        synchronized (LOCK) {
            while (hasNonDaemon()) {
                try {
                    LOCK.wait();
                } catch (InterruptedException e) {
                    // An interrupt ends no child; wait again.
                }
            }
            keeper = null;
        }
    }

    @GuardedBy("LOCK")
    private static boolean hasNonDaemon() {
        for (LiveChild child : CHILDREN) {
            if (!child.isDaemon()) {
                return true;
            }
        }
        return false;
    }

    private static void endAll() {
        List<LiveChild> children;
        synchronized (LOCK) {
            ending = true;
            children = new ArrayList<>(CHILDREN);
        }
        for (LiveChild child : children) {
            child.terminate();
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GRACE_MILLIS);
        for (LiveChild child : children) {
            if (!child.awaitProcess(deadline - System.nanoTime())) {
                child.kill();
            }
        }
        for (LiveChild child : children) {
            child.awaitProcess(TimeUnit.MILLISECONDS.toNanos(GRACE_MILLIS));
        }
    }
}
