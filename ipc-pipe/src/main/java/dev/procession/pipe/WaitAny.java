package dev.procession.pipe;

import dev.procession.core.ChildProcess;
import dev.procession.core.lane.Waiter;
import dev.procession.core.time.Timeout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** One wait for several connections and children. Used by one thread. */
final class WaitAny {

    private static final long SLEEP_NANOS = 100_000_000;

    private final List<Waitable> connections = new ArrayList<>();
    private final Collection<? extends ChildProcess<?>> children;

    WaitAny(Collection<?> connections, Collection<? extends ChildProcess<?>> children) {
        for (Object connection : connections) {
            if (!(connection instanceof Waitable known)) {
                throw new IllegalArgumentException("not a connection of a pipe: " + connection);
            }
            this.connections.add(known);
        }
        this.children = children;
    }

    /** Waits, and returns what is ready; nothing if the time was over before. */
    Set<Object> await(Duration timeout) throws InterruptedException {
        Set<Object> ready = ready();
        if (!ready.isEmpty() || timeout.isZero() || timeout.isNegative()) {
            return ready;
        }
        Timeout time = Timeout.of(timeout);
        try (Waiter waiter = new Waiter()) {
            List<Waitable> listened = new ArrayList<>();
            Runnable wakeup = waiter::wakeup;
            try {
                for (Waitable connection : connections) {
                    connection.end().listen(waiter);
                    listened.add(connection);
                }
                for (ChildProcess<?> child : children) {
                    ChildEnds.of(child).add(wakeup);
                }
                return await(waiter, time);
            } finally {
                for (Waitable connection : listened) {
                    connection.end().unlisten(waiter);
                }
                for (ChildProcess<?> child : children) {
                    ChildEnds.of(child).remove(wakeup);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot wait for connections", e);
        }
    }

    private Set<Object> await(Waiter waiter, Timeout time)
            throws IOException, InterruptedException {
        while (true) {
            connections.forEach(connection -> connection.end().announceRead());
            try {
                Set<Object> ready = ready();
                long remaining = time.remainingNanos();
                if (!ready.isEmpty() || remaining == 0) {
                    return ready;
                }
                waiter.await(Math.min(remaining, SLEEP_NANOS));
            } finally {
                connections.forEach(connection -> connection.end().endRead());
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private Set<Object> ready() throws InterruptedException {
        Set<Object> ready = new LinkedHashSet<>();
        for (Waitable connection : connections) {
            if (connection.poll(Duration.ZERO)) {
                ready.add(connection);
            }
        }
        for (ChildProcess<?> child : children) {
            if (!child.isAlive()) {
                ready.add(child);
            }
        }
        return ready;
    }
}
