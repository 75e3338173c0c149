package dev.procession.pool;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.Codec;
import dev.procession.core.transfer.SharedHandle;
import dev.procession.core.transfer.SharedValues;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;

/** The values that a pool has shared and that were not closed; they are closed with the pool. */
final class PoolShares {

    private final String pool;
    private final Codec codec;

    /** By the path that identifies each. */
    @GuardedBy("this")
    private final Map<String, SharedHandle> open = new HashMap<>();

    @GuardedBy("this")
    private boolean closed;

    /**
     * Shares nothing yet.
     *
     * @param pool the name of the pool
     * @param codec what encodes the values
     */
    PoolShares(String pool, Codec codec) {
        this.pool = pool;
        this.codec = codec;
    }

    /**
     * Shares a value.
     *
     * @throws RejectedExecutionException if the pool was closed
     */
    <V> Shared<V> share(V value) {
        Objects.requireNonNull(value, "value");
        SharedHandle handle = SharedValues.share(value, codec);
        if (!add(handle)) {
            SharedValues.close(handle);
            throw new RejectedExecutionException("the pool was shut down: " + pool);
        }
        return new Shared<>(handle, this);
    }

    private synchronized boolean add(SharedHandle handle) {
        if (!closed) {
            open.put(handle.state(), handle);
        }
        return !closed;
    }

    /** Closes a value in all processes. */
    void close(SharedHandle handle) {
        remove(handle);
        SharedValues.close(handle);
    }

    private synchronized void remove(SharedHandle handle) {
        open.remove(handle.state());
    }

    /** Closes all values, and refuses more. */
    void closeAll() {
        for (SharedHandle handle : takeAll()) {
            SharedValues.close(handle);
        }
    }

    private synchronized List<SharedHandle> takeAll() {
        closed = true;
        List<SharedHandle> all = List.copyOf(open.values());
        open.clear();
        return all;
    }
}
