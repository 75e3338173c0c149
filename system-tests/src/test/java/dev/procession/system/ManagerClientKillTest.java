package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.ChildProcess;
import dev.procession.manager.Manager;
import dev.procession.manager.SharedBarrier;
import dev.procession.manager.SharedCounter;
import dev.procession.manager.SharedDict;
import dev.procession.manager.SharedEvent;
import dev.procession.manager.SharedLock;
import dev.procession.manager.SharedQueue;
import dev.procession.manager.SharedSemaphore;
import dev.procession.manager.proxy.RemoteManager;
import dev.procession.system.program.GuardedCounter;
import dev.procession.testing.Await;
import dev.procession.testing.Scale;
import dev.procession.testing.Signal;
import dev.procession.testing.Standstill;
import dev.procession.testing.SystemTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients of a manager that are killed while they hold and wait for things, and whose connections
 * break in the middle of calls.
 */
@SystemTest
@Timeout(3600) // 1,000 kills of the long form take two seconds each on a busy machine
class ManagerClientKillTest {

    private static final int CLIENTS = 3;
    private static final int PERMITS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    private static final Duration STOPPED = Duration.ofSeconds(3);

    /** The server is stopped after each of this many kills, for a bounded time. */
    private static final int STANDSTILL_EVERY = 5;

    private static final int STANDSTILL_MILLIS = 200;

    /** At these kills the server, or a client, is stopped for {@link #STOPPED}. */
    private static final int LONG_STANDSTILL_EVERY = 100;

    private static final int FIRST_LONG_STANDSTILL = 8;
    private static final int BURST = 80;
    private static final int BURST_PAUSE_MILLIS = 100;
    private static final int VALUE_BYTES = 30_000;

    /** A client breaks its connection after a pause of up to this many milliseconds. */
    private static final int CUT_MILLIS = 60;

    /** Elements that clients lease and return, or finish and put again. */
    private static final int LEASED = 4;

    private static ChildProcess<Void> start(
            Manager manager, GuardedCounter counter, SharedEvent ready) {
        SharedSemaphore semaphore = manager.semaphore("permits", PERMITS);
        SharedBarrier barrier = manager.barrier("barrier", 2);
        SharedLock lock = manager.lock("condition");
        Condition condition = lock.condition("never");
        SharedDict<Integer, byte[]> bursts = manager.dict("bursts");
        SharedQueue<Integer> leased = manager.queue("leased", 2 * LEASED);
        SharedCounter cuts = manager.counter("cuts");
        return ChildProcess.start(
                () -> {
                    startThread(() -> cut(manager, cuts));
                    startThread(() -> lease(leased));
                    startThread(() -> takePermits(semaphore));
                    startThread(() -> meet(barrier));
                    startThread(() -> awaitWithoutSignal(lock, condition));
                    startThread(() -> tryBriefly(lock));
                    startThread(() -> burst(bursts));
                    startThread(() -> countAlone(manager));
                    ready.set();
                    counter.countForEver();
                });
    }

    private interface Body {
        void run() throws InterruptedException;
    }

    private static void startThread(Body body) {
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                while (true) {
                                    body.run();
                                }
                            } catch (Throwable e) { // else the test would prove nothing
                                e.printStackTrace();
                                Runtime.getRuntime().halt(3);
                            }
                        });
        thread.setDaemon(true);
        thread.start();
    }

    /** Breaks the connection of this client, most likely in the middle of a call. */
    private static void cut(Manager manager, SharedCounter cuts) throws InterruptedException {
        Thread.sleep(ThreadLocalRandom.current().nextInt(CUT_MILLIS));
        ((RemoteManager) manager).client().cutConnections();
        long unused = cuts.incrementAndGet();
    }

    private static void lease(SharedQueue<Integer> leased) throws InterruptedException {
        Optional<SharedQueue.Lease<Integer>> lease = leased.lease(Duration.ofMillis(50));
        if (lease.isPresent()) {
            lease.get().close();
        }
    }

    private static void takePermits(SharedSemaphore semaphore) throws InterruptedException {
        semaphore.acquire(1);
        semaphore.release(1);
    }

    private static void meet(SharedBarrier barrier) throws InterruptedException {
        try {
            int unused = barrier.await(Duration.ofMillis(50));
        } catch (BrokenBarrierException | TimeoutException e) {
            barrier.reset();
        }
    }

    /** No thread signals the condition; only a spurious wake-up can end the wait early. */
    @SuppressWarnings("WaitNotInLoop")
    private static void awaitWithoutSignal(SharedLock lock, Condition condition)
            throws InterruptedException {
        lock.lock();
        try {
            boolean unused = condition.await(20, TimeUnit.MILLISECONDS);
        } finally {
            lock.unlock();
        }
    }

    /** Gives up before the server, which is stopped now and then, has answered. */
    private static void tryBriefly(SharedLock lock) throws InterruptedException {
        if (lock.tryLock(Duration.ofMillis(1))) {
            lock.unlock();
        }
    }

    /**
     * Puts and removes more entries at once than fit into one message, some with a time to live.
     */
    private static void burst(SharedDict<Integer, byte[]> bursts) throws InterruptedException {
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (int key = 0; key < BURST; key++) {
            if (key % 8 == 0) {
                byte[] unused = bursts.put(key, new byte[VALUE_BYTES], Duration.ofMillis(5));
            } else {
                answers.add(bursts.putAsync(key, new byte[VALUE_BYTES]));
            }
        }
        for (int key = 0; key < BURST; key++) {
            answers.add(bursts.removeAsync(key));
        }
        answers.forEach(CompletableFuture::join);
        Thread.sleep(BURST_PAUSE_MILLIS); // a pause, so that the server is not always full
    }

    /**
     * Nothing acknowledged is lost, and nothing done twice, however often the connection breaks.
     */
    private static void countAlone(Manager manager) throws InterruptedException {
        SharedCounter own = manager.counter("of " + ProcessHandle.current().pid());
        long last = own.get();
        while (true) {
            long next = own.incrementAndGet();
            if (next != last + 1) {
                throw new AssertionError("counted from " + last + " to " + next);
            }
            last = next;
            Thread.sleep(1); // a pause for the others' calls
        }
    }

    /** Fails if the client has ended before because its body or one of its threads threw. */
    private static void kill(ChildProcess<Void> client) {
        assertThat(client.isAlive()).as("a client was alive when it was killed").isTrue();
        client.kill();
    }

    private static void awaitKilled(ChildProcess<Void> client) throws InterruptedException {
        client.join();
        assertThat(client.exitCode()).hasValue(137);
    }

    @Test
    void shouldNeverHaveTwoHoldersNorWaitForDeadClients(Random random) throws Exception {
        int kills = Scale.times(25, 1000);
        Path address;
        ProcessHandle server;
        try (Manager manager = Manager.start()) {
            address = manager.address();
            server = ProcessHandle.of(manager.stats().pid()).orElseThrow();
            GuardedCounter counter = GuardedCounter.of(manager);
            SharedSemaphore semaphore = manager.semaphore("permits", PERMITS);
            SharedQueue<Integer> leased = manager.queue("leased", 2 * LEASED);
            for (int element = 0; element < LEASED; element++) {
                leased.put(element);
            }
            SharedBarrier barrier = manager.barrier("barrier", 2);
            SharedEvent ready = manager.event("ready");
            SharedLock conditionLock = manager.lock("condition");
            List<ChildProcess<Void>> clients = new ArrayList<>();
            Duration longest = Duration.ZERO;
            for (int kill = 0; kill < kills; kill++) {
                while (clients.size() < CLIENTS) {
                    ready.clear();
                    clients.add(start(manager, counter, ready));
                    assertThat(ready.await(PATIENCE)).isTrue();
                }
                if (kill % STANDSTILL_EVERY == 0) {
                    stopForAMoment(manager.stats().pid(), random);
                }
                ChildProcess<Void> victim = clients.remove(random.nextInt(clients.size()));
                if (kill % LONG_STANDSTILL_EVERY == FIRST_LONG_STANDSTILL) {
                    stopForLong(manager.stats().pid(), clients.get(0).pid());
                }
                kill(victim);
                longest = longer(longest, count(counter));
                longest = longer(longest, waited(() -> semaphore.tryAcquire(PERMITS, PATIENCE)));
                semaphore.release(PERMITS);
                longest = longer(longest, waited(() -> takeAll(leased)));
                longest = longer(longest, waited(() -> conditionLock.tryLock(PATIENCE)));
                conditionLock.unlock();
                longest = longer(longest, waited(() -> meetAnother(barrier)));
                awaitKilled(victim);
            }
            for (ChildProcess<Void> client : clients) {
                kill(client);
                awaitKilled(client);
            }
            longest = longer(longest, waited(() -> counter.lock().tryLock(PATIENCE)));
            counter.lock().unlock();
            longest = longer(longest, waited(() -> semaphore.tryAcquire(PERMITS, PATIENCE)));
            semaphore.release(PERMITS);
            longest = longer(longest, waited(() -> takeAll(leased)));
            longest = longer(longest, waited(() -> conditionLock.tryLock(PATIENCE)));
            conditionLock.unlock();
            assertThat(counter.violations()).isEmpty();
            requireNothingLeft(manager);
            assertThat(counter.lock().isLocked() || conditionLock.isLocked()).isFalse();
            assertThat(semaphore.availablePermits()).isEqualTo(PERMITS);
            assertThat(barrier.waiting()).isZero();
            assertThat(leased).as("what was leased returned once").hasSize(LEASED);
            assertThat(leased).containsExactlyInAnyOrder(0, 1, 2, 3);
            long cuts = manager.counter("cuts").get();
            SharedDict<Integer, byte[]> bursts = manager.dict("bursts");
            bursts.clear();
            assertThat(bursts).isEmpty();
            Long counted = counter.state().get("first");
            System.out.printf(
                    "system-tests: %d clients of a manager killed, %d connections cut, longest wait"
                            + " for what they held %d ms, counted %d%n",
                    kills, cuts, longest.toMillis(), counted);
            assertThat(cuts).as("connections cut").isGreaterThan(kills);
            assertThat(longest).isLessThan(LONGEST_WAIT);
            assertThat(counted).as("the clients count as well").isGreaterThan(2L * kills);
        }
        Await.until(() -> !server.isAlive(), "the server has ended");
        assertThat(address).as("the directory of the server").doesNotExist();
    }

    private static void stopForAMoment(long server, Random random) throws Exception {
        Signal.STOP.sendTo(server);
        try {
            Thread.sleep(random.nextInt(STANDSTILL_MILLIS));
        } finally {
            Signal.CONT.sendTo(server);
        }
    }

    /** Stops the server, then a client, for as long as a proof of life must bear. */
    private static void stopForLong(long server, long client) throws Exception {
        for (long pid : new long[] {server, client}) {
            Signal.STOP.sendTo(pid);
            try {
                Thread.sleep(STOPPED.toMillis());
            } finally {
                Signal.CONT.sendTo(pid);
            }
        }
    }

    private static Duration longer(Duration one, Duration two) {
        return one.compareTo(two) > 0 ? one : two;
    }

    /** Leases all elements, as soon as the other clients return theirs. */
    private static boolean takeAll(SharedQueue<Integer> leased) throws InterruptedException {
        List<SharedQueue.Lease<Integer>> all = new ArrayList<>();
        while (all.size() < LEASED) {
            all.add(leased.lease(PATIENCE).orElseThrow());
        }
        all.forEach(SharedQueue.Lease::close);
        return true;
    }

    /** Meets another client at the barrier, which the dead may have left broken. */
    private static boolean meetAnother(SharedBarrier barrier) throws InterruptedException {
        long start = System.nanoTime();
        while (System.nanoTime() - start < PATIENCE.toNanos()) {
            try {
                int unused = barrier.await(PATIENCE);
                return true;
            } catch (BrokenBarrierException e) {
                barrier.reset();
            } catch (TimeoutException e) {
                return false;
            }
        }
        return false;
    }

    /** The dead have left no request, no session and no file. */
    private static void requireNothingLeft(Manager manager) throws Exception {
        Await.until(() -> manager.stats().waitingRequests() == 0, "no request waits");
        Await.until(() -> manager.stats().clients() == 1, "only this process is a client");
        assertThat(manager.stats().failures()).isZero();
        try (Stream<Path> files = Files.list(manager.address())) {
            assertThat(files.filter(file -> file.getFileName().toString().startsWith("c")))
                    .as("life files of clients")
                    .hasSize(1);
        }
    }

    private static Duration count(GuardedCounter counter) throws InterruptedException {
        Duration waited = waited(() -> counter.lock().tryLock(PATIENCE));
        try {
            counter.count();
        } finally {
            counter.lock().unlock();
        }
        return waited;
    }

    private interface Attempt {
        boolean make() throws InterruptedException;
    }

    /** How long an attempt took, less the time in which this process itself was stopped. */
    private static Duration waited(Attempt attempt) throws InterruptedException {
        try (Standstill standstill = new Standstill()) {
            long start = System.nanoTime();
            assertThat(attempt.make()).isTrue();
            return Duration.ofNanos(System.nanoTime() - start - standstill.nanos());
        }
    }

    @Test
    @Timeout(180)
    @SuppressWarnings("LockNotBeforeTry") // a failure here ends the process
    void shouldTakeNothingFromAStoppedClient() throws Exception {
        try (Manager manager = Manager.start()) {
            SharedLock lock = manager.lock("stopped");
            SharedEvent ready = manager.event("held");
            SharedEvent go = manager.event("go");
            ChildProcess<Boolean> client =
                    ChildProcess.start(
                            () -> {
                                lock.lock();
                                ready.set();
                                go.await();
                                boolean held = lock.isLocked() && lock.isHeldByCurrentThread();
                                lock.unlock();
                                return held;
                            });
            assertThat(ready.await(PATIENCE)).isTrue();
            Signal.STOP.sendTo(client.pid());
            try {
                assertThat(lock.tryLock(STOPPED)).isFalse();
            } finally {
                Signal.CONT.sendTo(client.pid());
            }
            go.set();
            assertThat(client.result()).isTrue();
            lock.lock();
            assertThat(lock.wasAbandoned()).isFalse();
            lock.unlock();
            client.join();
        }
    }
}
