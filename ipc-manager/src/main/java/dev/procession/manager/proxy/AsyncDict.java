package dev.procession.manager.proxy;

import dev.procession.manager.Merge;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The asynchronous calls for one entry of a dict; sets, values and counters are dicts in the
 * server. Immutable.
 */
@SuppressWarnings("unchecked") // the server keeps what the dict's own type put there
final class AsyncDict<K, V> {

    private final Remote remote;
    private final DictRequests requests;

    AsyncDict(Remote remote, DictRequests requests) {
        this.remote = remote;
        this.requests = requests;
    }

    CompletableFuture<@Nullable V> get(K key) {
        return value(requests.get(key));
    }

    /** Like {@link #get}, with something else instead of null. */
    CompletableFuture<V> getOr(K key, V absent) {
        return remote.callAsync(
                requests.get(key),
                response ->
                        response.hasValue()
                                ? (V) Objects.requireNonNull(remote.valueOf(response))
                                : absent);
    }

    CompletableFuture<Boolean> contains(Object key) {
        return remote.callAsync(requests.contains(key), Response::getIsTrue);
    }

    CompletableFuture<Boolean> isAbsent(Object key) {
        return remote.callAsync(requests.contains(key), response -> !response.getIsTrue());
    }

    CompletableFuture<@Nullable V> put(K key, V value) {
        return value(requests.put(key, value, TimeToLive.NONE));
    }

    CompletableFuture<@Nullable Void> set(K key, V value) {
        return remote.callAsync(requests.set(key, value, TimeToLive.NONE), response -> null);
    }

    CompletableFuture<@Nullable V> putIfAbsent(K key, V value) {
        return value(requests.putIfAbsent(key, value, TimeToLive.NONE));
    }

    /** Like {@link #putIfAbsent}, without the value that is there; gives whether it was put. */
    CompletableFuture<Boolean> setIfAbsent(K key, V value) {
        return remote.callAsync(
                requests.setIfAbsent(key, value, TimeToLive.NONE),
                response -> !response.getIsTrue());
    }

    CompletableFuture<@Nullable V> remove(Object key) {
        return value(requests.remove(key));
    }

    /** Like {@link #remove}, without the value; gives whether there was an entry. */
    CompletableFuture<Boolean> removeKey(Object key) {
        return remote.callAsync(requests.removeKey(key), Response::getIsTrue);
    }

    /** Removes an entry, if there is one. */
    CompletableFuture<@Nullable Void> discard(Object key) {
        return remote.callAsync(requests.removeKey(key), response -> null);
    }

    CompletableFuture<V> merge(K key, V value, Merge<V> function) {
        return remote.callAsync(
                requests.merge(key, value, function, TimeToLive.NONE),
                response -> (V) Objects.requireNonNull(remote.valueOf(response)));
    }

    /** Makes a change that compares, if the dict can have the expected value at all. */
    CompletableFuture<Boolean> compareAndSet(CompareAndSet change) {
        Request.Builder first = change.first();
        if (first == null) {
            return CompletableFuture.completedFuture(false);
        }
        CompletableFuture<Response> call = remote.callAsync(first, response -> response);
        CompletableFuture<Boolean> changed = call.newIncompleteFuture();
        goOn(change, call, changed);
        return changed;
    }

    /** Completes a future by an answer, or by the requests after it. */
    private void goOn(
            CompareAndSet change,
            CompletableFuture<Response> call,
            CompletableFuture<Boolean> changed) {
        CompletableFuture<?> unused =
                call.whenComplete(
                        (response, failure) -> follow(change, response, failure, changed));
        CompletableFuture<?> unusedToo =
                changed.whenComplete((done, failure) -> call.cancel(false)); // if it is given up
    }

    private void follow(
            CompareAndSet change,
            @Nullable Response response,
            @Nullable Throwable failure,
            CompletableFuture<Boolean> changed) {
        if (response == null) {
            boolean unused = changed.completeExceptionally(Objects.requireNonNull(failure));
        } else if (!changed.isDone()) {
            goOnAfter(change, response, changed);
        }
    }

    private void goOnAfter(
            CompareAndSet change, Response response, CompletableFuture<Boolean> changed) {
        try {
            Request.Builder next = change.next(response);
            if (next == null) {
                boolean unused = changed.complete(response.getDone());
            } else {
                goOn(change, remote.callAsync(next, later -> later), changed);
            }
        } catch (RuntimeException | Error e) { // for example, the value's class is not known
            boolean unused = changed.completeExceptionally(e);
        }
    }

    private CompletableFuture<@Nullable V> value(Request.Builder request) {
        return remote.callAsync(request, response -> (V) remote.valueOf(response));
    }
}
