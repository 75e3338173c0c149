package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.ChildProcess;
import dev.procession.core.life.Session;
import dev.procession.core.link.Questions;
import dev.procession.core.snapshot.ManagerSnapshot;
import dev.procession.core.snapshot.Snapshots;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.LockAcquire;
import dev.procession.manager.proto.LockRequest;
import dev.procession.manager.proto.Request;
import dev.procession.manager.server.ManagerServer;
import dev.procession.manager.stream.ServerOptions;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a server of this JVM tells to a process that asks, of locks that real processes hold. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings({"LockNotBeforeTry", "WaitNotInLoop"}) // the test needs locks that stay locked
class ServerAnswersTest {

    private static final byte[] SECRET = {1};
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MANY_OBJECTS = 10_000;
    private static final int MANY_WAITERS = 4096;

    @TempDir private Path directory;
    private ManagerServer server;
    private Manager manager;

    @BeforeEach
    void start() throws Exception {
        String address = directory.resolve("m").toString();
        server =
                ManagerServer.start(
                        new ServerOptions(
                                address, SECRET, false, 1 << 20, 10, 0, null, false, false));
        manager = Manager.connect(server.directory(), SECRET);
    }

    @AfterEach
    void stop() {
        manager.close();
        server.close();
    }

    private ManagerSnapshot look() {
        try (Questions questions =
                Questions.to(Session.current().home(), Session.current().self(), PATIENCE)) {
            List<ManagerSnapshot> all =
                    Snapshots.decode(ManagerSnapshot.class, questions.ask("managers"));
            return all.stream()
                    .filter(one -> one.address().equals(server.directory().toString()))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("it is not told: " + all));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private ManagerSnapshot.Lock lock(@Nullable String name) {
        ManagerSnapshot seen = look();
        return seen.locks().stream()
                .filter(lock -> Objects.equals(lock.name(), name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("lock " + name + " is not in " + seen));
    }

    private ManagerSnapshot.SharedObject object(String kind, @Nullable String name) {
        ManagerSnapshot seen = look();
        return seen.objects().stream()
                .filter(one -> one.kind().equals(kind))
                .filter(one -> Objects.equals(one.name(), name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(kind + " " + name + " is not in " + seen));
    }

    private static double secondsSince(long nanoTime) {
        return (System.nanoTime() - nanoTime) / 1e9;
    }

    private static List<Long> pids(ManagerSnapshot.Lock lock) {
        return lock.waiters().stream().map(ManagerSnapshot.Waiter::pid).toList();
    }

    /** Takes the lock and keeps it until it is killed. */
    private static ChildProcess<Void> holder(SharedLock lock, SharedValue<Long> thread)
            throws Exception {
        return ChildProcess.start(
                () -> {
                    lock.lock();
                    thread.set(Thread.currentThread().getId());
                    Thread.sleep(Long.MAX_VALUE);
                });
    }

    private void awaitWaiting(int requests) {
        Await.until(() -> server.stats().getWaitingRequests() == requests, "waiting: " + requests);
    }

    @Test
    void shouldTellWhoHoldsALockAndWhoWaitsUntilTheyAreKilled() throws Exception {
        SharedLock lock = manager.lock("stock");
        SharedValue<Long> thread = manager.value("thread");
        long begin = System.nanoTime();
        ChildProcess<Void> first = holder(lock, thread);
        Await.until(() -> thread.get() != null, "the first one has the lock");
        ChildProcess<Void> second = holder(lock, thread);
        awaitWaiting(1);
        ChildProcess<Void> third = holder(lock, thread);
        awaitWaiting(2);
        Await.until(() -> lock("stock").waiters().get(1).waited() > 0.05, "time passes");

        ManagerSnapshot.Lock held = lock("stock");
        assertThat(held.holder()).isEqualTo(first.pid());
        assertThat(held.holderThread()).isEqualTo(thread.get());
        assertThat(held.abandoned()).isFalse();
        assertThat(pids(held)).containsExactly(second.pid(), third.pid());
        assertThat(held.moreWaiters()).isZero();
        assertThat(held.awaiting()).isZero();
        double waited = held.waiters().get(0).waited();
        assertThat(waited).isGreaterThan(held.waiters().get(1).waited());
        assertThat(held.heldFor()).isGreaterThan(waited).isLessThan(secondsSince(begin));
        assertThat(look().clients())
                .contains(first.pid(), second.pid(), third.pid(), ProcessHandle.current().pid());

        long killed = System.nanoTime();
        first.kill();
        Await.until(() -> lock("stock").holder() == second.pid(), "the second one has the lock");
        ManagerSnapshot.Lock next = lock("stock");
        assertThat(next.abandoned()).as("the next holder knows").isFalse();
        assertThat(next.heldFor()).isLessThan(secondsSince(killed));
        assertThat(pids(next)).containsExactly(third.pid());

        third.kill();
        Await.until(() -> lock("stock").waiters().isEmpty(), "a dead process does not wait");
        second.kill();
        Await.until(() -> lock("stock").holder() == 0, "nobody has the lock");
        ManagerSnapshot.Lock abandoned = lock("stock");
        assertThat(abandoned.abandoned()).isTrue();
        assertThat(abandoned.heldFor()).isZero();

        long taken = System.nanoTime();
        lock.lock();
        assertThat(lock.wasAbandoned()).isTrue();
        ManagerSnapshot.Lock mine = lock("stock");
        assertThat(mine.abandoned()).isFalse();
        assertThat(mine.holder()).isEqualTo(ProcessHandle.current().pid());
        assertThat(mine.holderThread()).isEqualTo(Thread.currentThread().getId());
        assertThat(mine.heldFor()).isPositive().isLessThan(secondsSince(taken));
        lock.unlock();
        assertThat(look().locks()).as("a free lock is not told").isEmpty();
        first.join();
        second.join();
        third.join();
    }

    @Test
    void shouldTellOfThoseWhoAwaitAConditionAsSuch() throws Exception {
        SharedLock lock = manager.rlock();
        Condition condition = lock.newCondition();
        Background<Boolean> waiter =
                Background.start(
                        () -> {
                            lock.lock();
                            try {
                                return condition.await(100, TimeUnit.SECONDS);
                            } finally {
                                lock.unlock();
                            }
                        });
        awaitWaiting(1);
        Await.until(() -> lock(null).holder() == 0, "it awaits the condition");
        ManagerSnapshot.Lock awaited = lock(null);
        assertThat(awaited.awaiting()).isEqualTo(1);
        assertThat(awaited.waiters()).isEmpty();
        assertThat(awaited.heldFor()).isZero();

        lock.lock();
        long signalled = System.nanoTime();
        condition.signal();
        Await.until(() -> lock(null).awaiting() == 0, "it has the signal");
        ManagerSnapshot.Lock wanted = lock(null);
        assertThat(pids(wanted)).containsExactly(ProcessHandle.current().pid());
        assertThat(wanted.waiters().get(0).waited())
                .as("since the signal")
                .isLessThan(secondsSince(signalled));
        lock.unlock();
        assertThat(waiter.get(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void shouldTellTheContentOfEachKindOfObject() throws Exception {
        SharedDict<String, String> dict = manager.dict("d");
        dict.put("a", "b".repeat(1000));
        dict.put("b", "c");
        manager.list("l").add("x".repeat(100));
        manager.set("s").add("x");
        SharedQueue<String> queue = manager.queue("q", 10);
        queue.put("x".repeat(500));
        queue.put("y");
        manager.value("v").set(1);
        manager.counter("c").addAndGet(42);
        manager.namespace("n").set("name", 1);
        manager.event("e").set();
        manager.event().set();
        SharedSemaphore semaphore = manager.semaphore(3);
        semaphore.acquire();
        SharedBarrier barrier = manager.barrier("b", 3);
        Background<Integer> party = Background.start(barrier::await);
        awaitWaiting(1);

        assertThat(object("dict", "d").size()).isEqualTo(2);
        assertThat(object("dict", "d").bytes()).isBetween(1000L, 2000L);
        assertThat(object("list", "l").size()).isEqualTo(1);
        assertThat(object("list", "l").bytes()).isGreaterThan(100);
        assertThat(object("set", "s").size()).isEqualTo(1);
        assertThat(object("queue", "q").size()).isEqualTo(2);
        assertThat(object("queue", "q").bytes()).isBetween(500L, 1000L);
        assertThat(object("value", "v").size()).isEqualTo(1);
        assertThat(object("counter", "c").size()).isEqualTo(42);
        assertThat(object("namespace", "n").size()).isEqualTo(1);
        assertThat(object("event", "e").size()).isEqualTo(1);
        assertThat(object("event", null).size()).isEqualTo(1);
        assertThat(object("semaphore", null).size()).isEqualTo(2);
        assertThat(object("barrier", "b").size()).isEqualTo(3);
        assertThat(object("barrier", "b").waiting()).isEqualTo(1);
        assertThat(look().objects().get(0)).as("the largest").isEqualTo(object("dict", "d"));

        assertThat(queue.take()).hasSize(500);
        assertThat(object("queue", "q").bytes()).isLessThan(200);
        manager.event("e").clear();
        barrier.reset();
        assertThatThrownBy(() -> party.get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(BrokenBarrierException.class);
    }

    @Test
    void shouldBoundWhatItTellsOfVeryMany() throws Exception {
        for (int i = 0; i < MANY_OBJECTS; i++) {
            manager.event("e" + "x".repeat(i % 10 == 0 ? 1000 : 1) + i).set();
        }
        try (ScriptedClient client = new ScriptedClient(server.directory(), SECRET)) {
            for (int i = 1; i <= MANY_WAITERS + 1; i++) {
                client.send(acquire("many", i), 0);
            }
            awaitWaiting(MANY_WAITERS);
            ManagerSnapshot seen = look();
            assertThat(seen.silent()).isNull();
            assertThat(seen.objects()).hasSize(200);
            assertThat(seen.objects().size() + seen.moreObjects()).isEqualTo(MANY_OBJECTS + 1);
            assertThat(seen.objects())
                    .allMatch(one -> one.name() == null || one.name().length() <= 201);
            ManagerSnapshot.Lock lock = seen.locks().get(0);
            assertThat(lock.name()).isEqualTo("many");
            assertThat(lock.waiters()).hasSize(100);
            assertThat(lock.moreWaiters()).isEqualTo(MANY_WAITERS - 100);
        }
    }

    private static Request.Builder acquire(String name, int thread) {
        return Request.newBuilder()
                .setKind(Kind.LOCK)
                .setName(name)
                .setSeq(thread)
                .setLock(
                        LockRequest.newBuilder()
                                .setAcquire(
                                        LockAcquire.newBuilder()
                                                .setThread(thread)
                                                .setWaitNanos(-1)));
    }

    /** The asking process waits for a second at most. */
    @Test
    void shouldTellItsFiguresWhileItsThreadIsBusy() throws Exception {
        manager.dict("d").put("a", 1);
        CountDownLatch free = new CountDownLatch(1);
        server.tasks()
                .execute(
                        () -> {
                            try {
                                free.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        ManagerSnapshot seen;
        try {
            seen = look();
        } finally {
            free.countDown();
        }
        assertThat(seen.silent()).contains("busy");
        assertThat(seen.objects()).isEmpty();
        assertThat(seen.operations()).isPositive();
        assertThat(seen.bytes()).isPositive();
        Await.until(() -> look().silent() == null, "it goes on");
        assertThat(look().failures()).isZero();
    }
}
