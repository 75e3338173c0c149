package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.procession.manager.client.ManagerClient;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.LockAcquire;
import dev.procession.manager.proto.LockRelease;
import dev.procession.manager.proto.LockRequest;
import dev.procession.manager.proto.QueueOffer;
import dev.procession.manager.proto.QueuePoll;
import dev.procession.manager.proto.QueueRequest;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import dev.procession.manager.proxy.RemoteManager;
import dev.procession.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Calls of one client whose effects show whether each was carried out once and in order. A second
 * client, whose connection is not cut, holds one of the locks and looks at the effects.
 */
@SuppressWarnings("LockNotBeforeTry") // a failed test leaves its locks
final class CutScript {

    private static final int CHANGES = 5;
    private static final long THREAD = 1 << 20;

    private final RemoteManager client;
    private final Manager observer;
    private final String run;
    private final SharedLock held;
    private final Events events = new Events();

    /** What a listener learns of one entry. */
    private static final class Events implements DictListener<String, Integer> {
        private final List<Integer> values = new ArrayList<>();
        private int missed;

        @Override
        public synchronized void put(String key, Integer value) {
            values.add(value);
        }

        @Override
        public synchronized void missed() {
            missed++;
        }

        private synchronized boolean isComplete() {
            return missed > 0 || values.size() >= CHANGES;
        }

        private synchronized void check() {
            if (missed == 0) {
                assertThat(values).containsExactly(1, 2, 3, 4, 5);
            } else {
                assertThat(values).isSorted().doesNotHaveDuplicates();
            }
        }
    }

    /**
     * Prepares a run.
     *
     * @param run is part of all names, so that runs do not meet
     */
    CutScript(RemoteManager client, Manager observer, String run) {
        this.client = client;
        this.observer = observer;
        this.run = run;
        held = observer.lock(name("held"));
        held.lock();
    }

    private String name(String what) {
        return what + " " + run;
    }

    private Request.Builder request(Kind kind, String what) {
        return Request.newBuilder().setKind(kind).setName(name(what));
    }

    private Request.Builder acquire(String what, int thread) {
        return request(Kind.LOCK, what)
                .setLock(
                        LockRequest.newBuilder()
                                .setAcquire(
                                        LockAcquire.newBuilder()
                                                .setThread(THREAD + thread)
                                                .setWaitNanos(-1)));
    }

    private void release(String what, int thread) {
        Response released =
                client.client()
                        .call(
                                request(Kind.LOCK, what)
                                        .setLock(
                                                LockRequest.newBuilder()
                                                        .setRelease(
                                                                LockRelease.newBuilder()
                                                                        .setThread(
                                                                                THREAD + thread))));
        assertThat(released.getStatus()).isEqualTo(Status.OK);
    }

    private Request.Builder poll(String what) {
        return request(Kind.QUEUE, what)
                .setQueueCapacity(1)
                .setQueue(
                        QueueRequest.newBuilder().setPoll(QueuePoll.newBuilder().setWaitNanos(-1)));
    }

    private Request.Builder offer(String what, ByteString value) {
        return request(Kind.QUEUE, what)
                .setQueueCapacity(1)
                .setQueue(
                        QueueRequest.newBuilder()
                                .setOffer(
                                        QueueOffer.newBuilder().setWaitNanos(-1).setValue(value)));
    }

    /** Makes all calls, and checks their answers. */
    void play() throws InterruptedException {
        SharedDict<String, Integer> watched = client.dict(name("watched"));
        SharedDict.Watch watch = watched.watch("w", events);
        changeDict();
        for (int change = 1; change <= CHANGES; change++) {
            assertThat(watched.put("w", change)).isEqualTo(change == 1 ? null : change - 1);
        }
        useLocks();
        useQueues();
        withdraw();
        cancel();
        Await.until(events::isComplete, "all events have come, or the loss was reported");
        watch.close();
    }

    private void changeDict() {
        SharedDict<String, Integer> dict = client.dict(name("dict"));
        assertThat(dict.merge("sync", 1, Merge.sum())).isEqualTo(1);
        List<CompletableFuture<Integer>> order = new ArrayList<>();
        for (int value = 1; value <= 3; value++) {
            order.add(dict.mergeAsync("async", 1, Merge.sum()));
            order.add(dict.getAsync("async"));
            order.add(dict.putAsync("key", value).thenApply(old -> 0));
            order.add(dict.getAsync("key"));
        }
        assertThat(dict.merge("sync", 1, Merge.sum())).isEqualTo(2);
        List<Integer> read = new ArrayList<>();
        order.forEach(each -> read.add(each.join()));
        assertThat(read).containsExactly(1, 1, 0, 1, 2, 2, 0, 2, 3, 3, 0, 3);
    }

    @SuppressWarnings("WaitNotInLoop") // nothing is awaited but the end of the time
    private void useLocks() throws InterruptedException {
        SharedLock lock = client.rlock(name("lock"));
        lock.lock();
        long token = lock.fencingToken();
        assertThat(lock.condition("c").await(1, TimeUnit.MICROSECONDS)).isFalse();
        assertThat(lock.isHeldByCurrentThread()).isTrue();
        assertThat(lock.fencingToken()).isGreaterThan(token);
        lock.unlock();
        SharedSemaphore semaphore = client.semaphore(name("semaphore"), 3);
        semaphore.acquire(2);
        semaphore.release(1);
        assertThat(client.lock(name("held")).tryLock(Duration.ofMillis(1))).isFalse();
    }

    private void useQueues() throws InterruptedException {
        SharedQueue<String> queue = client.queue(name("queue"), 10);
        assertThat(queue.offer("a")).isTrue();
        queue.put("b");
        assertThat(queue.poll()).isEqualTo("a");
        assertThat(queue.lease(Duration.ofSeconds(10)).orElseThrow().value()).isEqualTo("b");
        assertThat(queue.size()).isZero();

        SharedQueue<String> awaited = client.queue(name("awaited"), 1);
        CompletableFuture<Response> taken =
                client.client().callAsync(poll("awaited"), response -> response);
        awaited.put("granted");
        assertThat(taken.join().getElementsCount()).isEqualTo(1);
        assertThat(awaited.poll()).isNull();
    }

    /** Gives up calls that wait, and some that may have been granted. */
    private void withdraw() throws InterruptedException {
        ManagerClient calls = client.client();
        assertThat(calls.callAsync(acquire("held", 1), response -> response).cancel(true)).isTrue();
        for (int thread = 1; thread <= 3; thread++) {
            CompletableFuture<Response> granted =
                    calls.callAsync(acquire("free", thread), response -> response);
            if (!granted.cancel(true)) {
                assertThat(granted.join().getStatus()).isEqualTo(Status.OK);
                release("free", thread);
            }
        }
        SharedQueue<String> queue = client.queue(name("withdrawn"), 1);
        assertThat(calls.callAsync(poll("withdrawn"), response -> response).cancel(true)).isTrue();
        queue.put("stays");
        ByteString element = ByteString.copyFromUtf8("x");
        assertThat(calls.callAsync(offer("withdrawn", element), answer -> answer).cancel(true))
                .isTrue();
        assertThat(queue.poll()).isEqualTo("stays");
    }

    /** Is interrupted in a wait, and when the call may have been granted. */
    private void cancel() {
        Thread.currentThread().interrupt();
        Response cancelled = client.client().ask(acquire("held", 4), true).response();
        assertThat(cancelled.getStatus()).isEqualTo(Status.CANCELLED);
        Thread.currentThread().interrupt();
        Response granted = client.client().ask(acquire("free", 5), true).response();
        if (granted.getStatus() == Status.OK) {
            assertThat(Thread.interrupted()).isTrue();
            release("free", 5);
        } else {
            assertThat(granted.getStatus()).isEqualTo(Status.CANCELLED);
        }
    }

    /** Checks what the calls have left; the client is not closed yet. */
    void check() throws InterruptedException {
        Await.until(() -> observer.stats().waitingRequests() == 0, "no request waits");
        SharedDict<String, Integer> dict = observer.dict(name("dict"));
        assertThat(dict).containsEntry("sync", 2).containsEntry("async", 3).containsEntry("key", 3);
        assertThat(observer.<String, Integer>dict(name("watched"))).containsEntry("w", CHANGES);
        events.check();
        Await.until(() -> isFree(observer.lock(name("free"))), "the free lock is free");
        assertThat(isFree(observer.rlock(name("lock")))).isTrue();
        assertThat(observer.semaphore(name("semaphore"), 3).availablePermits()).isEqualTo(2);
        SharedQueue<String> queue = observer.queue(name("queue"), 10);
        assertThat(queue.size()).isZero();
        assertThat(queue.remainingCapacity()).isEqualTo(9); // one is leased
        assertThat(observer.queue(name("awaited"), 1).size()).isZero();
        Await.until(() -> observer.queue(name("withdrawn"), 1).isEmpty(), "no element was offered");
        held.unlock();
        assertThat(isFree(held)).isTrue();
        assertThat(observer.stats().failures()).isZero();
    }

    private static boolean isFree(SharedLock lock) {
        if (!lock.tryLock()) {
            return false;
        }
        lock.unlock();
        return true;
    }
}
