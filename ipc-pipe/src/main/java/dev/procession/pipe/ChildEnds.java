package dev.procession.pipe;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.ChildProcess;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;

/**
 * The threads to wake when a child ends. There is one dependent of the child's future for all
 * waits: a future keeps each dependent until it completes, so one for each wait would fill the
 * memory. Thread-safe.
 */
final class ChildEnds {

    @GuardedBy("ALL")
    private static final Map<ChildProcess<?>, ChildEnds> ALL = new WeakHashMap<>();

    @GuardedBy("this")
    private final Set<Runnable> waiters = new LinkedHashSet<>();

    private ChildEnds() {}

    /**
     * Returns the object of a child. It does not refer to the child, which would keep the child in
     * memory.
     */
    static ChildEnds of(ChildProcess<?> child) {
        synchronized (ALL) {
            ChildEnds ends = ALL.get(child);
            if (ends == null) {
                ChildEnds made = new ChildEnds();
                ALL.put(child, made);
                CompletableFuture<Void> unused = child.onExit().thenRun(made::wakeAll);
                ends = made;
            }
            return ends;
        }
    }

    /**
     * Adds an action to run when the child ends. The caller checks afterwards whether the child has
     * already ended.
     */
    synchronized void add(Runnable waiter) {
        waiters.add(waiter);
    }

    synchronized void remove(Runnable waiter) {
        waiters.remove(waiter);
    }

    private void wakeAll() {
        List<Runnable> all;
        synchronized (this) {
            all = List.copyOf(waiters);
        }
        all.forEach(Runnable::run);
    }
}
