package dev.procession.core;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A future without listeners; its latches open when a thread starts and stops to wait for it. */
final class OpaqueFuture<V> implements Future<V> {

    final CountDownLatch entered = new CountDownLatch(1);
    final CountDownLatch stopped = new CountDownLatch(1);
    private final CompletableFuture<V> state = new CompletableFuture<>();

    void complete(V value) {
        state.complete(value);
    }

    void fail(Throwable failure) {
        state.completeExceptionally(failure);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return state.cancel(mayInterruptIfRunning);
    }

    @Override
    public boolean isCancelled() {
        return state.isCancelled();
    }

    @Override
    public boolean isDone() {
        return state.isDone();
    }

    @Override
    public V get() throws InterruptedException, ExecutionException {
        entered.countDown();
        try {
            return state.get();
        } finally {
            stopped.countDown();
        }
    }

    @Override
    public V get(long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        entered.countDown();
        try {
            return state.get(timeout, unit);
        } finally {
            stopped.countDown();
        }
    }
}
