package dev.procession.core.launch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The children that this process has now. While one of them is no daemon, a thread that is none
 * either keeps this JVM alive, as Python's multiprocessing waits for its children; when the JVM
 * ends nevertheless ({@code System.exit}, a signal), they are ended first.
 */
final class LiveChildren {

    private static final long GRACE_MILLIS = 1000;

    private static final Object LOCK = new Object();

    @GuardedBy("LOCK")
    private static final Set<ChildJvm> CHILDREN = new HashSet<>();

    @GuardedBy("LOCK")
    private static boolean hooked;

    /** This process ends: no child is to outlive it. */
    @GuardedBy("LOCK")
    private static boolean over;

    @GuardedBy("LOCK")
    private static @Nullable Thread keeper;

    private LiveChildren() {}

    static void add(ChildJvm child) {
        synchronized (LOCK) {
            if (child.hasEnded()) {
                return; // ended already, and removed
            }
            if (over) {
                child.kill(); // its start began before this process began to end
                return;
            }
            CHILDREN.add(child);
            if (!hooked) {
                hooked = true;
                child.session().beforeEnd(LiveChildren::endAll);
            }
            if (!child.isDaemon() && keeper == null) {
                Thread thread = new Thread(LiveChildren::keepAlive, "procession-children");
                thread.setDaemon(false);
                thread.start();
                keeper = thread;
            }
        }
    }

    static void remove(ChildJvm child) {
        synchronized (LOCK) {
            CHILDREN.remove(child);
            LOCK.notifyAll(); // the keeper, which may have nothing to keep alive for now
        }
    }

    private static void keepAlive() {
        synchronized (LOCK) {
            while (hasWorkers()) {
                try {
                    LOCK.wait();
                } catch (InterruptedException e) {
                    // Interrupting all threads does not end the children.
                }
            }
            keeper = null;
        }
    }

    @GuardedBy("LOCK")
    private static boolean hasWorkers() {
        for (ChildJvm child : CHILDREN) {
            if (!child.isDaemon()) {
                return true;
            }
        }
        return false;
    }

    private static void endAll() {
        List<ChildJvm> children;
        synchronized (LOCK) {
            over = true;
            children = new ArrayList<>(CHILDREN);
        }
        for (ChildJvm child : children) {
            child.terminate();
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GRACE_MILLIS);
        for (ChildJvm child : children) {
            if (!child.awaitProcess(deadline - System.nanoTime())) {
                child.kill();
            }
        }
        for (ChildJvm child : children) {
            child.awaitProcess(TimeUnit.MILLISECONDS.toNanos(GRACE_MILLIS));
        }
    }
}
