package dev.procession.manager.proxy;

import dev.procession.manager.SharedValue;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A proxy of a value: in the server one entry of a dict. */
final class RemoteValue<V> implements SharedValue<V>, Serializable {

    @Serial private static final long serialVersionUID = 1L;

    private static final String ENTRY = "";

    private final transient Remote remote;
    private final transient RemoteDict<String, V> dict;

    RemoteValue(Remote remote) {
        this.remote = remote;
        this.dict = new RemoteDict<>(remote);
    }

    @Override
    public @Nullable V get() {
        return dict.get(ENTRY);
    }

    @Override
    public void set(@Nullable V value) {
        if (value != null) {
            dict.set(ENTRY, value);
        } else {
            boolean unused = dict.removeKey(ENTRY);
        }
    }

    @Override
    public void set(V value, Duration timeToLive) {
        dict.set(ENTRY, value, timeToLive);
    }

    @Override
    public boolean touch(Duration timeToLive) {
        return dict.touch(ENTRY, timeToLive);
    }

    @Override
    public @Nullable V getAndSet(@Nullable V value) {
        return value == null ? dict.remove((Object) ENTRY) : dict.put(ENTRY, value);
    }

    @Override
    public boolean compareAndSet(@Nullable V expected, @Nullable V value) {
        if (expected != null) {
            return value != null
                    ? dict.replace(ENTRY, expected, value)
                    : dict.remove(ENTRY, expected);
        }
        return value != null
                ? dict.setIfAbsent(ENTRY, value, TimeToLive.NONE)
                : !dict.containsKey(ENTRY);
    }

    @Override
    public boolean compareAndSet(@Nullable V expected, V value, Duration timeToLive) {
        return expected != null
                ? dict.replace(ENTRY, expected, value, timeToLive)
                : dict.setIfAbsent(ENTRY, value, TimeToLive.nanos(timeToLive));
    }

    @Override
    public @Nullable V updateAndGet(UnaryOperator<@Nullable V> function) {
        return dict.compute(ENTRY, (entry, old) -> function.apply(old));
    }

    @Override
    public CompletableFuture<@Nullable V> getAsync() {
        return dict.async().get(ENTRY);
    }

    @Override
    public CompletableFuture<@Nullable Void> setAsync(@Nullable V value) {
        return value != null ? dict.async().set(ENTRY, value) : dict.async().discard(ENTRY);
    }

    @Override
    public CompletableFuture<@Nullable V> getAndSetAsync(@Nullable V value) {
        return value == null ? dict.async().remove(ENTRY) : dict.async().put(ENTRY, value);
    }

    @Override
    public CompletableFuture<Boolean> compareAndSetAsync(@Nullable V expected, @Nullable V value) {
        if (expected != null) {
            return dict.replaceAsync(ENTRY, expected, value);
        }
        return value != null
                ? dict.async().setIfAbsent(ENTRY, value)
                : dict.async().isAbsent(ENTRY);
    }

    @Override
    public String toString() {
        return String.valueOf(get());
    }

    @Serial
    private Object writeReplace() {
        return remote.handle();
    }

    @Serial
    private void readObject(ObjectInputStream stream) throws IOException {
        throw new InvalidObjectException("a shared value travels as its handle");
    }
}
