package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.ChildProcess;
import dev.procession.manager.proxy.RemoteManager;
import dev.procession.testing.Await;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Locks, permits and leases of a process become free when it is killed, and not before. */
@SuppressWarnings({"LockNotBeforeTry", "WaitNotInLoop"}) // the test needs a lock that stays locked
class DeathTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    /** One for each test, because the number of waiting requests is that of the whole server. */
    private Manager manager;

    private ExecutorService threads;

    @BeforeEach
    void start() {
        manager = Manager.start();
        threads = Executors.newCachedThreadPool();
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        manager.close();
    }

    /** Runs a body in a child, waits until it has set the event, and kills it. */
    private static void killAfter(SharedEvent ready, ChildProcess.Body body) throws Exception {
        ChildProcess<Void> child = ChildProcess.start(body);
        try {
            assertThat(ready.await(Await.PATIENCE)).isTrue(); // includes the start of a JVM
        } finally {
            child.kill();
            child.join();
        }
    }

    private static void sleep() throws InterruptedException {
        Thread.sleep(Long.MAX_VALUE);
    }

    @Test
    void shouldHandOnALockAndReportThatItWasAbandoned() throws Exception {
        SharedLock lock = manager.rlock("abandoned");
        SharedEvent ready = manager.event("abandoned");
        lock.lock();
        long before = lock.fencingToken();
        assertThat(lock.wasAbandoned()).isFalse();
        lock.unlock();
        killAfter(
                ready,
                () -> {
                    lock.lock();
                    ready.set();
                    sleep();
                });
        assertThat(lock.tryLock(SOON)).isTrue();
        assertThat(lock.wasAbandoned()).isTrue();
        assertThat(lock.fencingToken()).isGreaterThan(before + 1);
        lock.unlock();
        lock.lock();
        assertThat(lock.wasAbandoned()).isFalse();
        lock.unlock();
    }

    @Test
    void shouldForgetADeadWaiter() throws Exception {
        SharedLock lock = manager.lock("waiter");
        lock.lock();
        ChildProcess<Void> child = ChildProcess.start(lock::lock);
        Await.until(() -> manager.stats().waitingRequests() > 0, "a request waits");
        child.kill();
        child.join();
        Await.until(() -> manager.stats().waitingRequests() == 0, "no request waits");
        lock.unlock();
        assertThat(lock.tryLock(SOON)).isTrue();
        assertThat(lock.wasAbandoned()).isFalse();
        lock.unlock();
    }

    @Test
    void shouldGiveBackPermits() throws Exception {
        SharedSemaphore semaphore = manager.semaphore("permits", 3);
        SharedEvent ready = manager.event("permits");
        killAfter(
                ready,
                () -> {
                    semaphore.acquire(2);
                    ready.set();
                    sleep();
                });
        assertThat(semaphore.tryAcquire(3, SOON)).isTrue();
        semaphore.release(3);
    }

    @Test
    void shouldBreakABarrier() throws Exception {
        SharedBarrier barrier = manager.barrier("barrier", 3);
        ChildProcess<Integer> child = ChildProcess.start(() -> barrier.await());
        Await.until(() -> barrier.waiting() == 1, "one party waits");
        Future<Integer> here = threads.submit(() -> barrier.await());
        Await.until(() -> barrier.waiting() == 2, "two parties wait");
        child.kill();
        assertThatThrownBy(here::get).hasCauseInstanceOf(BrokenBarrierException.class);
        assertThat(barrier.isBroken()).isTrue();
        barrier.reset();
        assertThat(barrier.isBroken()).isFalse();
        child.join();
    }

    @Test
    void shouldPassASignalToALivingWaiter() throws Exception {
        SharedLock lock = manager.lock("signal");
        Condition condition = lock.condition("go");
        ChildProcess<Void> child =
                ChildProcess.start(
                        () -> {
                            lock.lock();
                            condition.await();
                        });
        Await.until(() -> manager.stats().waitingRequests() == 1, "one request waits");
        Future<Boolean> here =
                threads.submit(
                        () -> {
                            lock.lock();
                            condition.await();
                            lock.unlock();
                            return true;
                        });
        Await.until(() -> manager.stats().waitingRequests() == 2, "two requests wait");
        child.kill();
        child.join();
        Await.until(() -> manager.stats().waitingRequests() == 1, "one request waits");
        lock.lock();
        condition.signal();
        lock.unlock();
        assertThat(here.get()).isTrue();
    }

    @Test
    void shouldReturnALeasedElementToTheHead() throws Exception {
        SharedQueue<String> queue = manager.queue("leases", 5);
        SharedEvent ready = manager.event("leases");
        queue.put("first");
        queue.put("second");
        killAfter(
                ready,
                () -> {
                    Optional<SharedQueue.Lease<String>> lease = queue.lease(SOON);
                    ready.set();
                    sleep();
                    lease.orElseThrow().done();
                });
        // Before the server knows of the death, the second is the head.
        Await.until(() -> queue.size() == 2, "two elements are there");
        try (SharedQueue.Lease<String> lease = queue.lease(SOON).orElseThrow()) {
            assertThat(lease.value()).isEqualTo("first");
        }
        assertThat(queue.take()).isEqualTo("first");
        try (SharedQueue.Lease<String> lease = queue.lease(SOON).orElseThrow()) {
            assertThat(lease.value()).isEqualTo("second");
            lease.done();
        }
        assertThat(queue.remainingCapacity()).isEqualTo(5);
    }

    @Test
    void shouldKeepTheHoldingsOfALivingClientWhoseConnectionsBreak() throws Exception {
        SharedLock lock = manager.rlock("cut");
        SharedCounter counter = manager.counter("cut");
        lock.lock();
        Future<Boolean> waiter =
                threads.submit(
                        () -> {
                            lock.lock();
                            lock.unlock();
                            return true;
                        });
        Await.until(() -> manager.stats().waitingRequests() == 1, "one request waits");
        for (int i = 0; i < 100; i++) {
            ((RemoteManager) manager).client().cutConnections();
            counter.incrementAndGet();
        }
        assertThat(counter.get()).isEqualTo(100);
        assertThat(waiter.isDone()).isFalse();
        assertThat(lock.isLocked()).isTrue();
        lock.unlock();
        assertThat(waiter.get()).isTrue();
    }

    @Test
    void shouldEndEveryCallAtOnceWhenTheServerDies() throws Exception {
        try (Manager mortal = Manager.start()) {
            SharedLock lock = mortal.lock("held");
            lock.lock();
            Future<?> waiting = threads.submit(lock::lock);
            Await.until(() -> mortal.stats().waitingRequests() == 1, "one request waits");
            ProcessHandle server = ProcessHandle.of(mortal.stats().pid()).orElseThrow();
            assertThat(server.destroyForcibly()).isTrue();
            assertThatThrownBy(waiting::get).hasCauseInstanceOf(ManagerUnavailableException.class);
            assertThatThrownBy(() -> mortal.dict("d").get("k"))
                    .isInstanceOf(ManagerUnavailableException.class);
            assertThatThrownBy(() -> mortal.<String, String>dict("d").getAsync("k").get())
                    .hasCauseInstanceOf(ManagerUnavailableException.class);
        }
    }
}
