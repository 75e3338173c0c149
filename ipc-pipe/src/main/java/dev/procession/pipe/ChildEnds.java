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
 * Who is to be woken when a child ends. One dependent of the child's future serves all waits for it
 * there ever are: a future keeps each dependent until it is done, so one for each wait would fill
 * the memory. Thread-safe.
 */
final class ChildEnds {

    @GuardedBy("ALL")
    private static final Map<ChildProcess<?>, ChildEnds> ALL = new WeakHashMap<>();

    @GuardedBy("this")
    private final Set<Runnable> waiters = new LinkedHashSet<>();

    private ChildEnds() {}

    /** Of a child; has no reference to it, which would keep it for ever. */
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

    /** Runs this when the child has ended; who adds it looks afterwards whether it has already. */
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
