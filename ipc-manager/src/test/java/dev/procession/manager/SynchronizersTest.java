package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.testing.Await;
import java.time.Duration;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings({"LockNotBeforeTry", "WaitNotInLoop"}) // the test checks the locks
class SynchronizersTest {

    /** One for each test, because the number of waiting requests is that of the whole server. */
    private Manager manager;

    private ExecutorService threads;

    @BeforeEach
    void start() {
        manager = Manager.embedded();
        threads = Executors.newCachedThreadPool();
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        manager.close();
    }

    private void untilWaiting(int count) {
        Await.until(() -> manager.stats().waitingRequests() == count, "requests wait: " + count);
    }

    @Test
    void shouldTakeAReentrantLockAgain() {
        SharedLock lock = manager.rlock("again");
        lock.lock();
        lock.lock();
        assertThat(lock.tryLock()).isTrue();
        assertThat(lock.holdCount()).isEqualTo(3);
        lock.unlock();
        lock.unlock();
        assertThat(lock.isLocked()).isTrue();
        lock.unlock();
        assertThat(lock.isLocked()).isFalse();
        assertThatThrownBy(lock::unlock).isInstanceOf(IllegalMonitorStateException.class);
    }

    @Test
    void shouldRefuseToDeadlockWithItself() {
        SharedLock lock = manager.lock("plain");
        lock.lock();
        assertThatThrownBy(lock::lock).isInstanceOf(IllegalMonitorStateException.class);
        assertThat(lock.tryLock()).isFalse();
        lock.unlock();
    }

    @Test
    void shouldHandALockOnInTheOrderOfTheWaiters() throws Exception {
        SharedLock lock = manager.lock("order");
        SharedList<Integer> order = manager.list("order");
        lock.lock();
        Future<?>[] waiters = new Future<?>[5];
        for (int i = 0; i < waiters.length; i++) {
            int number = i;
            waiters[i] =
                    threads.submit(
                            () -> {
                                lock.lock();
                                order.add(number);
                                lock.unlock();
                            });
            untilWaiting(i + 1);
        }
        assertThat(lock.tryLock(1, TimeUnit.NANOSECONDS)).isFalse();
        lock.unlock();
        for (Future<?> waiter : waiters) {
            waiter.get();
        }
        assertThat(order).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void shouldHarmNoOtherWaiterWhenOneIsInterrupted() throws Exception {
        SharedLock lock = manager.rlock("interrupted");
        lock.lock();
        AtomicReference<Throwable> seen = new AtomicReference<>();
        Thread waiter =
                new Thread(
                        () -> {
                            try {
                                lock.lockInterruptibly();
                            } catch (InterruptedException e) {
                                seen.set(e);
                            }
                        });
        waiter.start();
        untilWaiting(1);
        waiter.interrupt();
        waiter.join();
        assertThat(seen.get()).isInstanceOf(InterruptedException.class);
        assertThat(manager.stats().waitingRequests()).isZero();
        assertThat(lock.isHeldByCurrentThread()).isTrue();
        lock.unlock();
        assertThat(lock.tryLock()).isTrue();
        lock.unlock();
    }

    @Test
    void shouldKeepAnInterruptOfACallThatDoesNotWait() {
        SharedDict<String, Integer> dict = manager.dict("interrupts");
        Thread.currentThread().interrupt();
        assertThat(dict.put("k", 1)).isNull();
        assertThat(dict.get("k")).isEqualTo(1);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void shouldLoseNoElementToAnInterrupt() throws Exception {
        SharedQueue<Integer> queue = manager.queue("taken", 1000);
        SharedList<Integer> taken = manager.list("taken");
        int count = 300;
        Thread taker =
                new Thread(
                        () -> {
                            while (taken.size() < count) {
                                try {
                                    taken.add(queue.take());
                                } catch (InterruptedException e) {
                                    // Retries.
                                }
                            }
                        });
        taker.start();
        for (int i = 0; i < count; i++) {
            queue.put(i);
            taker.interrupt();
        }
        taker.join();
        assertThat(taken).hasSize(count).doesNotHaveDuplicates();
    }

    @Test
    void shouldWaitForAConditionAndHaveTheLockAgain() throws Exception {
        SharedLock lock = manager.rlock("condition");
        Condition condition = lock.newCondition();
        Future<Integer> waiter =
                threads.submit(
                        () -> {
                            lock.lock();
                            lock.lock();
                            condition.await();
                            int count = lock.holdCount();
                            lock.unlock();
                            lock.unlock();
                            return count;
                        });
        untilWaiting(1);
        lock.lock();
        assertThat(condition.await(1, TimeUnit.MILLISECONDS)).isFalse();
        condition.signalAll();
        assertThat(waiter.isDone()).isFalse();
        lock.unlock();
        assertThat(waiter.get()).isEqualTo(2);
        assertThatThrownBy(condition::signal).isInstanceOf(IllegalMonitorStateException.class);
    }

    @Test
    void shouldHaveTheLockAgainWhenAWaitForAConditionIsInterrupted() throws Exception {
        SharedLock lock = manager.lock("interrupted condition");
        Condition condition = lock.newCondition();
        AtomicReference<Boolean> held = new AtomicReference<>();
        Thread waiter =
                new Thread(
                        () -> {
                            lock.lock();
                            try {
                                condition.await();
                            } catch (InterruptedException e) {
                                held.set(lock.isHeldByCurrentThread());
                            } finally {
                                lock.unlock();
                            }
                        });
        waiter.start();
        untilWaiting(1);
        waiter.interrupt();
        waiter.join();
        assertThat(held.get()).isTrue();
        assertThat(lock.isLocked()).isFalse();
    }

    @Test
    void shouldServeASemaphoreInOrder() throws Exception {
        SharedSemaphore semaphore = manager.semaphore("semaphore", 2);
        semaphore.acquire(2);
        Future<?> many =
                threads.submit(
                        () -> {
                            semaphore.acquire(2);
                            return null;
                        });
        untilWaiting(1);
        semaphore.release();
        assertThat(semaphore.tryAcquire()).isFalse(); // the waiting thread comes first
        semaphore.release();
        many.get();
        assertThat(semaphore.availablePermits()).isZero();
        assertThat(semaphore.tryAcquire(1, Duration.ofMillis(1))).isFalse();
        semaphore.release(2);
        assertThat(semaphore.drainPermits()).isEqualTo(2);
    }

    @Test
    void shouldWakeAllWaitersOfAnEvent() throws Exception {
        SharedEvent event = manager.event("event");
        assertThat(event.await(Duration.ofMillis(1))).isFalse();
        Future<?> first = threads.submit(() -> awaited(event));
        Future<?> second = threads.submit(() -> awaited(event));
        untilWaiting(2);
        event.set();
        first.get();
        second.get();
        assertThat(event.isSet()).isTrue();
        event.clear();
        assertThat(event.isSet()).isFalse();
    }

    private static Object awaited(SharedEvent event) throws InterruptedException {
        event.await();
        return event;
    }

    @Test
    void shouldLetThePartiesOfABarrierPassTogether() throws Exception {
        SharedBarrier barrier = manager.barrier("parties", 2);
        for (int round = 0; round < 3; round++) {
            Future<Integer> first = threads.submit(() -> barrier.await());
            Await.until(() -> barrier.waiting() == 1, "one party waits");
            assertThat(barrier.await()).isZero();
            assertThat(first.get()).isEqualTo(1);
        }
        assertThatThrownBy(() -> barrier.await(Duration.ofMillis(1)))
                .isInstanceOf(TimeoutException.class);
        assertThatThrownBy(() -> barrier.await()).isInstanceOf(BrokenBarrierException.class);
        assertThatThrownBy(() -> manager.barrier("parties", 3).await())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldShowTheStateOfLocks() throws Exception {
        SharedLock lock = manager.rlock("shown");
        assertThat(lock).hasToString("rlock shown[unlocked]");
        lock.lock();
        assertThat(lock)
                .hasToString(
                        "rlock shown[locked by thread " + Thread.currentThread().getName() + "]");
        Future<String> others = threads.submit(lock::toString);
        assertThat(others.get())
                .isEqualTo("rlock shown[locked by process " + ProcessHandle.current().pid() + "]");
        lock.unlock();
        assertThat(manager.lock("shown")).hasToString("lock shown[unlocked]");
    }

    @Test
    void shouldShowTheStateOfSemaphoresEventsAndBarriers() throws Exception {
        SharedSemaphore semaphore = manager.semaphore("shown", 3);
        semaphore.acquire();
        assertThat(semaphore).hasToString("semaphore shown[permits=2]");
        SharedEvent event = manager.event("shown");
        assertThat(event).hasToString("event shown[not set]");
        event.set();
        assertThat(event).hasToString("event shown[set]");
        SharedBarrier barrier = manager.barrier("shown", 2);
        assertThat(barrier).hasToString("barrier shown[parties=2, waiting=0]");
        assertThatThrownBy(() -> barrier.await(Duration.ofMillis(1)))
                .isInstanceOf(TimeoutException.class);
        assertThat(barrier).hasToString("barrier shown[parties=2, broken]");
        assertThat(manager.barrier("shown", 3)).hasToString("barrier shown[state unknown]");
    }

    @Test
    void shouldShowLocksOfAManagerThatIsClosed() {
        Manager closed = Manager.embedded();
        SharedLock lock = closed.lock("gone");
        closed.close();
        assertThat(lock).hasToString("lock gone[state unknown]");
    }

    @Test
    void shouldNotFailToSetACounterThatIsZeroAllTheTime() throws Exception {
        for (int i = 0; i < 300; i++) {
            SharedCounter counter = manager.counter("zero " + i);
            Future<?> zero = threads.submit(() -> counter.addAndGet(0));
            assertThat(counter.compareAndSet(0, 1)).isTrue();
            zero.get();
        }
    }
}
