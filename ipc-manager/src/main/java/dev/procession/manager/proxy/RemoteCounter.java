package dev.procession.manager.proxy;

import dev.procession.manager.Merge;
import dev.procession.manager.SharedCounter;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A proxy of a counter: in the server one entry of a dict. */
final class RemoteCounter implements SharedCounter, Serializable {

    @Serial private static final long serialVersionUID = 1L;

    private static final String ENTRY = "";

    private final transient Remote remote;
    private final transient RemoteDict<String, Long> dict;

    RemoteCounter(Remote remote) {
        this.remote = remote;
        this.dict = new RemoteDict<>(remote);
    }

    @Override
    public long get() {
        Long value = dict.get(ENTRY);
        return value == null ? 0 : value;
    }

    @Override
    public void set(long value) {
        dict.set(ENTRY, value);
    }

    @Override
    public void set(long value, Duration timeToLive) {
        dict.set(ENTRY, value, timeToLive);
    }

    @Override
    public boolean touch(Duration timeToLive) {
        return dict.touch(ENTRY, timeToLive);
    }

    @Override
    public long addAndGet(long delta, Duration timeToLive) {
        return Objects.requireNonNull(dict.merge(ENTRY, delta, Merge.sum(), timeToLive));
    }

    @Override
    public long addAndGet(long delta) {
        return Objects.requireNonNull(dict.merge(ENTRY, delta, Merge.sum()));
    }

    @Override
    public boolean compareAndSet(long expected, long value) {
        return expected == 0 // an absent number is 0
                ? dict.putIfAbsentOr(ENTRY, expected, value)
                : dict.replace(ENTRY, expected, value);
    }

    @Override
    public CompletableFuture<Long> getAsync() {
        return dict.async().getOr(ENTRY, 0L);
    }

    @Override
    public CompletableFuture<@Nullable Void> setAsync(long value) {
        return dict.async().set(ENTRY, value);
    }

    @Override
    public CompletableFuture<Long> addAndGetAsync(long delta) {
        return dict.async().merge(ENTRY, delta, Merge.sum());
    }

    @Override
    public CompletableFuture<Boolean> compareAndSetAsync(long expected, long value) {
        return expected == 0
                ? dict.putIfAbsentOrAsync(ENTRY, expected, value)
                : dict.replaceAsync(ENTRY, expected, value);
    }

    @Override
    public String toString() {
        return Long.toString(get());
    }

    @Serial
    private Object writeReplace() {
        return remote.handle();
    }

    @Serial
    private void readObject(ObjectInputStream stream) throws IOException {
        throw new InvalidObjectException("a shared counter travels as its handle");
    }
}
