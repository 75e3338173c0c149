package dev.procession.core.future;

import com.google.common.collect.MapMaker;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Watches a future that calls its listeners back but never lets go of one, such as Guava's.
 *
 * <p>Each such future gets one listener from us, its bell, however often it is waited for; the
 * waiters come to and go from the bell. Only the future holds its bell: both references of the
 * table are weak and its keys are compared by identity.
 */
final class ListenerSubscription implements Subscription {

    private static final ConcurrentMap<Future<?>, Bell> BELLS =
            new MapMaker().weakKeys().weakValues().makeMap();

    private final Bell bell;
    private final Runnable waiter;

    private ListenerSubscription(Bell bell, Runnable waiter) {
        this.bell = bell;
        this.waiter = waiter;
    }

    /**
     * Watches a future.
     *
     * @param future the future
     * @param listen makes the future run its argument when it is done
     * @param waiter what to run, told apart from others by identity
     */
    static Subscription on(Future<?> future, Consumer<Runnable> listen, Runnable waiter) {
        Bell fresh = new Bell();
        Bell before = BELLS.putIfAbsent(future, fresh);
        Bell bell = before == null ? fresh : before;
        bell.waiters.add(waiter);
        if (before == null) {
            try {
                listen.accept(bell);
            } catch (RuntimeException | Error refusal) {
                BELLS.remove(future, bell); // a bell that nobody rings would hang the next waiter
                throw refusal;
            }
        } else if (future.isDone()) {
            // It may have rung before this waiter came; ringing twice does no harm.
            bell.run();
        }
        return new ListenerSubscription(bell, waiter);
    }

    @Override
    public void end() {
        bell.waiters.remove(waiter);
    }

    /** The one listener on a future. */
    private static final class Bell implements Runnable {

        private final Set<Runnable> waiters = ConcurrentHashMap.newKeySet();

        @Override
        public void run() {
            for (Runnable waiter : List.copyOf(waiters)) {
                // Who takes a waiter away is who runs it, so that it runs once.
                if (waiters.remove(waiter)) {
                    waiter.run();
                }
            }
        }
    }
}
