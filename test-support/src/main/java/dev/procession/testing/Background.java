package dev.procession.testing;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/**
 * A computation on a daemon thread of its own, which does not depend on the common pool. A test
 * calls {@code get}, so that no failure is lost.
 *
 * @param <V> the type of its result
 */
public final class Background<V> extends FutureTask<V> {

    private final Thread thread = new Thread(null, this, "background");

    private Background(Callable<V> body) {
        super(body);
        thread.setDaemon(true);
    }

    /** Starts the computation. */
    public static <V> Background<V> start(Callable<V> body) {
        Background<V> background = new Background<>(body);
        background.thread.start();
        return background;
    }

    /** The thread that runs it, to interrupt it. */
    public Thread thread() {
        return thread;
    }

    /** Blocks until its thread waits, as {@link Await#blocked} does, and returns this. */
    @CanIgnoreReturnValue
    public Background<V> awaitBlocked() {
        Await.blocked(thread);
        return this;
    }
}
