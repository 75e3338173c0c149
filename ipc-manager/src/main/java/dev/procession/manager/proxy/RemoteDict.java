package dev.procession.manager.proxy;

import com.google.protobuf.ByteString;
import dev.procession.manager.DictListener;
import dev.procession.manager.Merge;
import dev.procession.manager.SharedDict;
import dev.procession.manager.proto.Clear;
import dev.procession.manager.proto.CollectionRequest;
import dev.procession.manager.proto.DictGetAll;
import dev.procession.manager.proto.DictPutAll;
import dev.procession.manager.proto.DictRequest;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.wire.Bulk;
import dev.procession.manager.wire.Unconfirmed;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;
import java.util.AbstractMap;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A proxy of a dict. It compares values as bytes first, in one trip, and as objects if those
 * differ.
 */
@SuppressWarnings("unchecked") // the server keeps what this type put there
final class RemoteDict<K, V> extends AbstractMap<K, V> implements SharedDict<K, V>, Serializable {

    @Serial private static final long serialVersionUID = 1L;

    private final transient Remote remote;
    private final transient DictRequests requests;
    private final transient AsyncDict<K, V> async;

    RemoteDict(Remote remote) {
        this.remote = remote;
        this.requests = new DictRequests(remote);
        this.async = new AsyncDict<>(remote, requests);
    }

    Remote remote() {
        return remote;
    }

    private @Nullable V old(Response response) {
        return (V) remote.valueOf(response);
    }

    V decode(ByteString value) {
        return (V) Objects.requireNonNull(remote.decode(value));
    }

    /**
     * Encodes a key that is looked for. Returns null if it is of a type that no key has: maps
     * compare themselves by asking each other for any key.
     */
    private static <T> @Nullable T lookUp(Function<Object, T> encoding, Object key) {
        try {
            return encoding.apply(key);
        } catch (IllegalArgumentException e) { // put() would say why
            return null;
        }
    }

    @Override
    public @Nullable V get(Object key) {
        Request.Builder request = lookUp(requests::get, key);
        return request == null ? null : old(remote.call(request));
    }

    @Override
    public boolean containsKey(Object key) {
        Request.Builder request = lookUp(requests::contains, key);
        return request != null && remote.call(request).getIsTrue();
    }

    @Override
    public boolean containsValue(Object value) {
        Objects.requireNonNull(value, "a value");
        return super.containsValue(value);
    }

    @Override
    public int size() {
        return Remote.size(remote.call(remote.sizeRequest()));
    }

    @Override
    public boolean isEmpty() {
        return size() == 0;
    }

    @Override
    public @Nullable V put(K key, V value) {
        return old(remote.call(requests.put(key, value, TimeToLive.NONE)));
    }

    @Override
    public @Nullable V put(K key, V value, Duration timeToLive) {
        return old(remote.call(requests.put(key, value, TimeToLive.nanos(timeToLive))));
    }

    @Override
    public void set(K key, V value) {
        Response unused = remote.call(requests.set(key, value, TimeToLive.NONE));
    }

    @Override
    public void set(K key, V value, Duration timeToLive) {
        Response unused = remote.call(requests.set(key, value, TimeToLive.nanos(timeToLive)));
    }

    @Override
    public @Nullable V putIfAbsent(K key, V value) {
        return putIfAbsent(key, value, TimeToLive.NONE);
    }

    @Override
    public @Nullable V putIfAbsent(K key, V value, Duration timeToLive) {
        return putIfAbsent(key, value, TimeToLive.nanos(timeToLive));
    }

    private @Nullable V putIfAbsent(K key, V value, long lifeNanos) {
        return old(remote.call(requests.putIfAbsent(key, value, lifeNanos)));
    }

    /** Like {@link #putIfAbsent}, without the value that is there; returns whether it was put. */
    boolean setIfAbsent(K key, V value, long lifeNanos) {
        return !remote.call(requests.setIfAbsent(key, value, lifeNanos)).getIsTrue();
    }

    @Override
    public boolean touch(K key, Duration timeToLive) {
        return remote.call(requests.touch(key, TimeToLive.nanos(timeToLive))).getIsTrue();
    }

    @Override
    public @Nullable V remove(Object key) {
        Request.Builder request = lookUp(requests::remove, key);
        return request == null ? null : old(remote.call(request));
    }

    /** Like {@link #remove}, without the value; returns whether there was an entry. */
    boolean removeKey(Object key) {
        Request.Builder request = lookUp(requests::removeKey, key);
        return request != null && remote.call(request).getIsTrue();
    }

    @Override
    public @Nullable V replace(K key, V value) {
        return old(remote.call(requests.replace(key, value, TimeToLive.NONE)));
    }

    @Override
    public @Nullable V replaceIfPresent(K key, V value, Duration timeToLive) {
        return old(remote.call(requests.replace(key, value, TimeToLive.nanos(timeToLive))));
    }

    @Override
    public boolean replace(K key, V oldValue, V newValue) {
        return replace(key, oldValue, newValue, TimeToLive.NONE);
    }

    @Override
    public boolean replace(K key, V oldValue, V newValue, Duration timeToLive) {
        return replace(key, oldValue, newValue, TimeToLive.nanos(timeToLive));
    }

    private boolean replace(K key, V oldValue, V newValue, long lifeNanos) {
        Objects.requireNonNull(oldValue, "the old value");
        return compareAndSet(remote.key(key), oldValue, remote.value(newValue), lifeNanos);
    }

    @Override
    public boolean remove(Object key, Object value) {
        ByteString bytes = lookUp(remote::key, key);
        return bytes != null && value != null && compareAndSet(bytes, value, null, TimeToLive.NONE);
    }

    private boolean compareAndSet(
            ByteString key, Object expected, @Nullable ByteString replacement, long lifeNanos) {
        return compareAndSet(
                new CompareAndSet(remote, requests, key, expected, false, replacement, lifeNanos));
    }

    private boolean compareAndSet(CompareAndSet change) {
        boolean done = false;
        Request.Builder next = change.first();
        while (next != null) {
            Response response = remote.call(next);
            done = response.getDone();
            next = change.next(response);
        }
        return done;
    }

    /** Puts an entry that is absent, or has a value. */
    boolean putIfAbsentOr(K key, V expected, V value) {
        return compareAndSet(comparing(key, expected, true, value));
    }

    /** A change that compares and keeps the entry's time to live. */
    private CompareAndSet comparing(K key, V expected, boolean orAbsent, @Nullable V value) {
        return new CompareAndSet(
                remote,
                requests,
                remote.key(key),
                expected,
                orAbsent,
                value == null ? null : remote.value(value),
                TimeToLive.NONE);
    }

    @Override
    public @Nullable V compute(
            K key, BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function) {
        return compute(key, function, TimeToLive.NONE);
    }

    @Override
    public @Nullable V compute(
            K key,
            BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function,
            Duration timeToLive) {
        return compute(key, function, TimeToLive.nanos(timeToLive));
    }

    private @Nullable V compute(
            K key,
            BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function,
            long lifeNanos) {
        ByteString bytes = remote.key(key);
        Response now = remote.call(requests.get(key));
        while (true) {
            V old = old(now);
            V fresh = function.apply(key, old);
            if (fresh == null && old == null) {
                return null;
            }
            ByteString value = fresh == null ? null : remote.value(fresh);
            Response answer =
                    remote.call(requests.compareVersion(bytes, now.getVersion(), value, lifeNanos));
            if (answer.getDone()) {
                return fresh;
            }
            now = answer;
        }
    }

    @Override
    public @Nullable V computeIfAbsent(K key, Function<? super K, ? extends @Nullable V> function) {
        return computeIfAbsent(key, function, TimeToLive.NONE);
    }

    @Override
    public @Nullable V computeIfAbsent(
            K key, Function<? super K, ? extends @Nullable V> function, Duration timeToLive) {
        return computeIfAbsent(key, function, TimeToLive.nanos(timeToLive));
    }

    private @Nullable V computeIfAbsent(
            K key, Function<? super K, ? extends @Nullable V> function, long lifeNanos) {
        Objects.requireNonNull(function, "a function");
        V there = get(key);
        if (there != null) {
            return there;
        }
        V fresh = function.apply(key);
        if (fresh == null) {
            return null;
        }
        V quicker = putIfAbsent(key, fresh, lifeNanos);
        return quicker == null ? fresh : quicker;
    }

    @Override
    public @Nullable V computeIfPresent(
            K key, BiFunction<? super K, ? super V, ? extends @Nullable V> function) {
        return compute(key, ifPresent(function), TimeToLive.NONE);
    }

    @Override
    public @Nullable V computeIfPresent(
            K key,
            BiFunction<? super K, ? super V, ? extends @Nullable V> function,
            Duration timeToLive) {
        return compute(key, ifPresent(function), TimeToLive.nanos(timeToLive));
    }

    private static <K, V> BiFunction<K, @Nullable V, @Nullable V> ifPresent(
            BiFunction<? super K, ? super V, ? extends @Nullable V> function) {
        Objects.requireNonNull(function, "a function");
        return (k, old) -> old == null ? null : function.apply(k, old);
    }

    @Override
    public @Nullable V merge(
            K key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> function) {
        return merge(key, value, function, TimeToLive.NONE);
    }

    @Override
    public @Nullable V merge(
            K key,
            V value,
            BiFunction<? super V, ? super V, ? extends @Nullable V> function,
            Duration timeToLive) {
        return merge(key, value, function, TimeToLive.nanos(timeToLive));
    }

    private @Nullable V merge(
            K key,
            V value,
            BiFunction<? super V, ? super V, ? extends @Nullable V> function,
            long lifeNanos) {
        Objects.requireNonNull(function, "a function");
        if (function instanceof Merge<?> known) {
            return old(remote.call(requests.merge(key, value, known, lifeNanos)));
        }
        Objects.requireNonNull(value, "a value");
        return compute(
                key, (k, old) -> old == null ? value : function.apply(old, value), lifeNanos);
    }

    @Override
    public void clear() {
        Response unused =
                remote.call(
                        remote.request()
                                .setCollection(
                                        CollectionRequest.newBuilder()
                                                .setClear(Clear.getDefaultInstance())));
    }

    @Override
    public void putAll(Map<? extends K, ? extends V> entries) {
        putAll(entries, TimeToLive.NONE);
    }

    @Override
    public void putAll(Map<? extends K, ? extends V> entries, Duration timeToLive) {
        putAll(entries, TimeToLive.nanos(timeToLive));
    }

    private void putAll(Map<? extends K, ? extends V> entries, long lifeNanos) {
        PutBatches batches =
                new PutBatches(remote, DictPutAll.newBuilder().setTimeToLiveNanos(lifeNanos));
        entries.forEach((key, value) -> batches.add(remote.key(key), remote.value(value)));
        long unused = batches.finish();
    }

    @Override
    public Map<K, V> getAll(Collection<? extends K> keys) {
        Map<K, V> found = new HashMap<>();
        DictGetAll.Builder wanted = DictGetAll.newBuilder();
        long maxHeapBytes = Bulk.maxHeapBytes(remote.client().maxMessageBytes());
        long heapBytes = 0;
        for (K key : keys) {
            ByteString encoded = remote.key(key);
            heapBytes += encoded.size() + Unconfirmed.VALUE_BYTES;
            if (wanted.getKeysCount() == Bulk.MAX_ENTRIES || heapBytes > maxHeapBytes) {
                getAll(wanted, found);
                wanted.clearKeys();
                heapBytes = encoded.size() + Unconfirmed.VALUE_BYTES;
            }
            wanted.addKeys(encoded);
        }
        getAll(wanted, found);
        return found;
    }

    private void getAll(DictGetAll.Builder wanted, Map<K, V> found) {
        Response response =
                remote.call(remote.request().setDict(DictRequest.newBuilder().setGetAll(wanted)));
        for (int i = 0; i < response.getKeysCount(); i++) {
            found.put(
                    (K) remote.decodeKey(response.getKeys(i)),
                    (V) remote.decode(response.getValues(i)));
        }
    }

    @Override
    public Set<Map.Entry<K, V>> entrySet() {
        return new DictEntries<>(this);
    }

    @Override
    public Collection<V> values() {
        return new DictValues<>(this);
    }

    /**
     * Removes entries that still have the values for which they were chosen.
     *
     * @param onlyOne whether to stop after the first one
     * @return whether an entry was removed
     */
    boolean removeEntries(Predicate<Map.Entry<K, V>> which, boolean onlyOne) {
        boolean removed = false;
        Iterator<Map.Entry<K, V>> entries = entrySet().iterator();
        while (entries.hasNext() && !(removed && onlyOne)) {
            Map.Entry<K, V> entry = entries.next();
            removed |= which.test(entry) && remove(entry.getKey(), entry.getValue());
        }
        return removed;
    }

    /** Removes keys; returns whether one of them was there. */
    boolean removeKeys(Predicate<? super K> which) {
        boolean removed = false;
        for (K key : keySet()) {
            removed |= which.test(key) && removeKey(key);
        }
        return removed;
    }

    @Override
    public Set<K> keySet() {
        return new DictKeys<>(this);
    }

    /** Replaces a value that equals another, or removes it if there is no new one. */
    CompletableFuture<Boolean> replaceAsync(K key, V expected, @Nullable V value) {
        return async.compareAndSet(comparing(key, expected, false, value));
    }

    /** Like {@link #putIfAbsentOr}. */
    CompletableFuture<Boolean> putIfAbsentOrAsync(K key, V expected, V value) {
        return async.compareAndSet(comparing(key, expected, true, value));
    }

    /** The asynchronous calls. */
    AsyncDict<K, V> async() {
        return async;
    }

    @Override
    public CompletableFuture<@Nullable V> getAsync(K key) {
        return async.get(key);
    }

    @Override
    public CompletableFuture<@Nullable V> putAsync(K key, V value) {
        return async.put(key, value);
    }

    @Override
    public CompletableFuture<@Nullable Void> setAsync(K key, V value) {
        return async.set(key, value);
    }

    @Override
    public CompletableFuture<@Nullable V> putIfAbsentAsync(K key, V value) {
        return async.putIfAbsent(key, value);
    }

    @Override
    public CompletableFuture<@Nullable V> removeAsync(K key) {
        return async.remove(key);
    }

    @Override
    public CompletableFuture<V> mergeAsync(K key, V value, Merge<V> function) {
        return async.merge(key, value, function);
    }

    @Override
    public Watch watch(DictListener<? super K, ? super V> listener) {
        return DictWatch.begin(remote, null, listener);
    }

    @Override
    public Watch watch(K key, DictListener<? super K, ? super V> listener) {
        return DictWatch.begin(remote, remote.key(key), listener);
    }

    @Serial
    private Object writeReplace() {
        return remote.handle();
    }

    @Serial
    private void readObject(ObjectInputStream stream) throws IOException {
        throw new InvalidObjectException("a shared dict travels as its handle");
    }
}
