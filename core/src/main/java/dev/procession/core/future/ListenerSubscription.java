package dev.procession.core.future;

import com.google.common.collect.MapMaker;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Subscribes to a future that calls listeners but cannot remove one, such as Guava's.
 *
 * <p>Each such future gets one {@link SharedListener}, however many waiters there are over time;
 * waiters are added to it and removed from it. Subscriptions aside, only the future references its
 * listener strongly: both references of the table are weak, and its keys are compared by identity.
 */
final class ListenerSubscription implements Subscription {

    private static final ConcurrentMap<Future<?>, SharedListener> LISTENERS =
            new MapMaker().weakKeys().weakValues().makeMap();

    private final SharedListener listener;
    private final Runnable waiter;

    private ListenerSubscription(SharedListener listener, Runnable waiter) {
        this.listener = listener;
        this.waiter = waiter;
    }

    /**
     * Subscribes to a future.
     *
     * @param future the future
     * @param listen registers its argument as a listener of the future
     * @param waiter runs when the future is done; compared by identity
     */
    static Subscription on(Future<?> future, Consumer<Runnable> listen, Runnable waiter) {
        SharedListener fresh = new SharedListener();
        SharedListener before = LISTENERS.putIfAbsent(future, fresh);
        SharedListener listener = before == null ? fresh : before;
        listener.waiters.add(waiter);
        if (before == null) {
            try {
                listen.accept(listener);
            } catch (RuntimeException | Error refusal) {
                LISTENERS.remove(
                        future, listener); // no future calls it, so the next waiter would hang
                throw refusal;
            }
        } else if (future.isDone()) {
            // The listener may have run before this waiter was added; to run it twice does no harm.
            listener.run();
        }
        return new ListenerSubscription(listener, waiter);
    }

    @Override
    public void end() {
        listener.waiters.remove(waiter);
    }

    /** The one listener on a future. */
    private static final class SharedListener implements Runnable {

        private final Set<Runnable> waiters = ConcurrentHashMap.newKeySet();

        @Override
        public void run() {
            for (Runnable waiter : List.copyOf(waiters)) {
                // Only the thread that removes a waiter runs it, so it runs once.
                if (waiters.remove(waiter)) {
                    waiter.run();
                }
            }
        }
    }
}
