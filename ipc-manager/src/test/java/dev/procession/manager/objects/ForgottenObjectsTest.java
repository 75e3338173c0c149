package dev.procession.manager.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.procession.core.ChildProcess;
import dev.procession.manager.Manager;
import dev.procession.manager.SharedBarrier;
import dev.procession.manager.SharedEvent;
import dev.procession.manager.SharedLock;
import dev.procession.manager.SharedSemaphore;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.SemaphoreAcquire;
import dev.procession.manager.proto.SemaphoreAvailable;
import dev.procession.manager.proto.SemaphoreRelease;
import dev.procession.manager.proto.SemaphoreRequest;
import dev.procession.manager.proxy.RemoteManager;
import dev.procession.manager.server.ManagerServer;
import dev.procession.manager.server.ServerTests;
import dev.procession.manager.stream.Client;
import dev.procession.manager.stream.ScannedRequest;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server keeps locks, events, barriers and semaphores only while they have a state. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings({"LockNotBeforeTry", "WaitNotInLoop"}) // the test checks the locks
class ForgottenObjectsTest {

    private static final int MANY = 100_000;

    @TempDir private Path directory;
    private ManagerServer server;
    private Manager manager;

    @BeforeEach
    void start() throws Exception {
        server = ManagerServer.start(ServerTests.options(directory));
        manager = ServerTests.connect(server);
    }

    @AfterEach
    void stop() {
        manager.close();
        server.close();
    }

    private <T> T inServer(Callable<T> body) {
        return ServerTests.call(server, body);
    }

    /** The number of objects after those as new are forgotten. */
    private int kept() {
        return inServer(
                () -> {
                    server.objects().forgetSome();
                    return server.objects().size();
                });
    }

    private int size() {
        return inServer(server.objects()::size);
    }

    @Test
    void shouldKeepNoLocksThatAProcessHasLeft() throws Exception {
        Manager shared = manager;
        SharedEvent made = manager.event("made");
        SharedEvent end = manager.event("end");
        ChildProcess<Void> child =
                ChildProcess.start(
                        () -> {
                            for (int i = 0; i < MANY; i++) {
                                SharedLock lock = shared.lock();
                                lock.lock();
                                lock.unlock();
                            }
                            made.set();
                            end.await();
                        });
        made.await();
        assertThat(size()).isLessThan(100);
        Await.until(() -> size() == 2, "only the two events are there");
        made.clear();
        child.kill();
        child.join();
        Await.until(() -> size() == 0, "nothing is left");
    }

    @Test
    void shouldKeepALockWhileItIsHeldOrAwaited() throws Exception {
        SharedLock lock = manager.rlock();
        lock.lock();
        assertThat(kept()).isEqualTo(1);
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
        Await.until(() -> manager.stats().waitingRequests() == 1, "a thread waits");
        lock.unlock();
        Await.until(() -> manager.stats().waitingRequests() == 1 && !lock.isLocked(), "await");
        assertThat(kept()).isEqualTo(1);
        lock.lock();
        condition.signalAll();
        lock.unlock();
        assertThat(waiter.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(kept()).isZero();
    }

    @Test
    void shouldKeepThatALockWasAbandoned() throws Exception {
        SharedLock lock = manager.lock();
        ChildProcess<Void> child = ChildProcess.start(() -> lock.lock());
        child.join();
        Await.until(() -> !lock.isLocked(), "the server knows of the death");
        assertThat(kept()).isEqualTo(1);
        lock.lock();
        assertThat(lock.wasAbandoned()).isTrue();
        lock.unlock();
        assertThat(kept()).isZero();
    }

    @Test
    void shouldKeepAnEventWhileItIsSetOrAwaited() throws Exception {
        SharedEvent event = manager.event();
        event.set();
        assertThat(kept()).isEqualTo(1);
        assertThat(event.isSet()).isTrue();
        event.clear();
        assertThat(kept()).isZero();
        Background<Boolean> waiter = Background.start(() -> event.await(Duration.ofSeconds(100)));
        Await.until(() -> manager.stats().waitingRequests() == 1, "a thread waits");
        assertThat(kept()).isEqualTo(1);
        event.set();
        assertThat(waiter.get(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void shouldKeepABarrierWhileItIsBrokenOrAwaited() throws Exception {
        SharedBarrier barrier = manager.barrier(2);
        assertThat(barrier.isBroken()).isFalse();
        assertThat(kept()).isZero();
        assertThatThrownBy(() -> barrier.await(Duration.ofMillis(1)))
                .isInstanceOf(TimeoutException.class);
        assertThat(kept()).isEqualTo(1);
        assertThat(barrier.isBroken()).isTrue();
        barrier.reset();
        assertThat(kept()).isZero();
        Background<Integer> first = Background.start(barrier::await);
        Await.until(() -> barrier.waiting() == 1, "a party waits");
        assertThat(kept()).isEqualTo(1);
        assertThat(barrier.await()).isZero();
        assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(kept()).isZero();
    }

    @Test
    void shouldKeepASemaphoreWhileItHasOtherPermits() throws Exception {
        SharedSemaphore semaphore = manager.semaphore(2);
        assertThat(semaphore.availablePermits()).isEqualTo(2);
        assertThat(kept()).isZero();
        semaphore.acquire();
        assertThat(kept()).isEqualTo(1);
        semaphore.release();
        assertThat(kept()).isZero();
        semaphore.release();
        assertThat(kept()).isEqualTo(1);
        assertThat(semaphore.availablePermits()).isEqualTo(3);
    }

    @Test
    void shouldKeepASemaphoreAndABarrierThatHaveNames() throws Exception {
        assertThat(manager.semaphore("s", 2).availablePermits()).isEqualTo(2);
        assertThat(manager.barrier("b", 2).waiting()).isZero();
        assertThat(kept()).isEqualTo(2);
        assertThat(manager.semaphore("s", 5).availablePermits()).isEqualTo(2);
    }

    @Test
    void shouldLetAnUnnamedObjectTravel() throws Exception {
        SharedLock lock = manager.lock();
        SharedSemaphore semaphore = manager.semaphore(3);
        SharedEvent taken = manager.event();
        SharedEvent end = manager.event();
        ChildProcess<Void> child =
                ChildProcess.start(
                        () -> {
                            lock.lock();
                            semaphore.acquire(2);
                            taken.set();
                            end.await();
                            semaphore.release(2);
                            lock.unlock();
                        });
        taken.await();
        assertThat(lock.tryLock()).isFalse();
        assertThat(semaphore.availablePermits()).isEqualTo(1);
        end.set();
        child.join();
        assertThat(semaphore.availablePermits()).isEqualTo(3);
    }

    private static Request.Builder semaphore(long seq, SemaphoreRequest.Builder body) {
        return Request.newBuilder()
                .setSeq(seq)
                .setKind(Kind.SEMAPHORE)
                .setName("s")
                .setSemaphorePermits(2)
                .setUnnamed(true)
                .setSemaphore(body);
    }

    private Client client(String id) {
        ByteString bytes = ByteString.copyFromUtf8(id);
        return new Client(server.services(), bytes, 1, 1, directory.resolve(id));
    }

    @Test
    void shouldTakeBackAGrantOfAForgottenSemaphore() throws Exception {
        int kept =
                inServer(
                        () -> {
                            Client gaveUp = client("a");
                            Client other = client("b");
                            SemaphoreRequest.Builder acquire =
                                    SemaphoreRequest.newBuilder()
                                            .setAcquire(
                                                    SemaphoreAcquire.newBuilder().setPermits(1));
                            SemaphoreRequest.Builder release =
                                    SemaphoreRequest.newBuilder()
                                            .setRelease(
                                                    SemaphoreRelease.newBuilder().setPermits(1));
                            gaveUp.stream()
                                    .received(ScannedRequest.of(semaphore(1, acquire).build()));
                            other.stream()
                                    .received(ScannedRequest.of(semaphore(1, release).build()));
                            server.objects().forgetSome();
                            assertThat(server.objects().size()).isZero();
                            assertThat(gaveUp.involvements()).isZero();
                            gaveUp.stream().withdraw(1);
                            return server.objects().size();
                        });
        assertThat(kept).isEqualTo(1); // with the permit that was released and never taken
        assertThat(available()).isEqualTo(3);
    }

    private long available() {
        SemaphoreRequest.Builder available =
                SemaphoreRequest.newBuilder().setAvailable(SemaphoreAvailable.getDefaultInstance());
        return ((RemoteManager) manager).client().call(semaphore(0, available)).getCount();
    }
}
