package dev.procession.manager;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.manager.proxy.RemoteManager;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The figures of a manager's server for those who read them one by one: the server is asked once a
 * second at most, and a server that does not answer is waited for no longer than {@value
 * #WAIT_MILLIS} milliseconds each time. Keeps no manager alive. Thread-safe.
 */
final class RecentStats {

    static final long WAIT_MILLIS = 250;

    private static final long AGE_NANOS = TimeUnit.SECONDS.toNanos(1);

    @GuardedBy("this")
    private @Nullable ManagerStats recent;

    @GuardedBy("this")
    private @Nullable ManagerStats known;

    /** The question that has no answer yet: a server that stands still gets no other. */
    @GuardedBy("this")
    private @Nullable CompletableFuture<ManagerStats> pending;

    @GuardedBy("this")
    private boolean asked;

    @GuardedBy("this")
    private long askedNanos;

    /** Returns the figures, a second old at most; null if the server does not answer. */
    synchronized @Nullable ManagerStats recent(RemoteManager manager) {
        long now = System.nanoTime();
        if (!asked || now - askedNanos >= AGE_NANOS) {
            recent = ask(manager);
            known = recent == null ? known : recent;
            asked = true;
            askedNanos = System.nanoTime();
        }
        return recent;
    }

    /** Returns the last figures that the server has given; null if it never has. */
    synchronized @Nullable ManagerStats known(RemoteManager manager) {
        ManagerStats unused = recent(manager);
        return known;
    }

    @GuardedBy("this")
    private @Nullable ManagerStats ask(RemoteManager manager) {
        CompletableFuture<ManagerStats> answer = pending;
        try {
            if (answer == null || answer.isDone()) {
                answer = new CompletableFuture<>();
                pending = answer;
                manager.askStats(answer);
            }
            return answer.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return null; // the server stands still
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } catch (ExecutionException | RuntimeException e) {
            pending = null;
            return null; // the server is dead, or the manager is closed
        }
    }
}
