package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.ChildProcess;
import dev.procession.testing.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Permits are counted once, whichever client gives them back. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SemaphorePermitsTest {

    private static final int SIGNALS = 100;

    private static Manager manager;

    @BeforeAll
    static void start() {
        manager = Manager.start();
    }

    @AfterAll
    static void stop() {
        manager.close();
    }

    @Test
    void shouldNotGiveBackAtADeathPermitsThatOthersGaveBackBefore() throws Exception {
        SharedSemaphore items = manager.semaphore("items", 0);
        SharedEvent taken = manager.event("taken");
        ChildProcess<Void> child =
                ChildProcess.start(
                        () -> {
                            for (int i = 0; i < SIGNALS; i++) {
                                items.acquire();
                            }
                            taken.set();
                            Thread.sleep(60_000);
                        });
        for (int i = 0; i < SIGNALS; i++) {
            items.release();
        }
        assertThat(taken.await(Duration.ofSeconds(30))).isTrue();
        long ended = manager.stats().endedClients();
        child.kill();
        child.join();
        Await.until(() -> manager.stats().endedClients() > ended, "the server knows of the death");
        assertThat(items.availablePermits()).isZero();
    }

    @Test
    void shouldNotGiveBackAtADeathAPermitThatAnotherHandedOver() throws Exception {
        SharedSemaphore mutex = manager.semaphore("mutex", 1);
        SharedEvent taken = manager.event("mutex taken");
        ChildProcess<Void> child =
                ChildProcess.start(
                        () -> {
                            mutex.acquire();
                            taken.set();
                            Thread.sleep(60_000);
                        });
        assertThat(taken.await(Duration.ofSeconds(30))).isTrue();
        mutex.release();
        long ended = manager.stats().endedClients();
        child.kill();
        child.join();
        Await.until(() -> manager.stats().endedClients() > ended, "the server knows of the death");
        assertThat(mutex.availablePermits()).isEqualTo(1);
    }

    @Test
    void shouldRefuseMorePermitsThanCanBeCounted() {
        SharedSemaphore semaphore = manager.semaphore("many", Integer.MAX_VALUE);
        assertThatThrownBy(() -> semaphore.release(5))
                .isExactlyInstanceOf(Error.class)
                .hasMessageContaining("Maximum permit count exceeded");
        assertThat(semaphore.availablePermits()).isEqualTo(Integer.MAX_VALUE);
        assertThat(semaphore.tryAcquire(5)).isTrue();
        semaphore.release(5);
        assertThat(semaphore.availablePermits()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void shouldReducePermitsBelowNone() throws Exception {
        SharedSemaphore semaphore = manager.semaphore("reduced", 2);
        semaphore.acquire();
        semaphore.reducePermits(3);
        assertThat(semaphore.availablePermits()).isEqualTo(-2);
        semaphore.release();
        assertThat(semaphore.tryAcquire()).isFalse();
        assertThatThrownBy(() -> semaphore.reducePermits(-1))
                .isInstanceOf(IllegalArgumentException.class);
        semaphore.reducePermits(Integer.MAX_VALUE);
        assertThatThrownBy(() -> semaphore.reducePermits(5))
                .isExactlyInstanceOf(Error.class)
                .hasMessageContaining("Permit count underflow");
        assertThat(semaphore.availablePermits()).isEqualTo(-1 - Integer.MAX_VALUE);
    }

    @Test
    void shouldKeepTheInterruptOfAnUninterruptibleAcquisition() {
        SharedSemaphore semaphore = manager.semaphore("uninterruptible", 2);
        Thread.currentThread().interrupt();
        semaphore.acquireUninterruptibly();
        semaphore.acquireUninterruptibly(1);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(semaphore.availablePermits()).isZero();
    }

    @Test
    void shouldDrainADebt() {
        SharedSemaphore debt = manager.semaphore("debt", -2);
        assertThat(debt.drainPermits()).isEqualTo(-2);
        assertThat(debt.availablePermits()).isZero();
    }

    /** Starts another server at the address of one that has ended. */
    @Nested
    class AfterARestart {

        private static final byte[] SECRET = {1, 2, 3};

        @TempDir private Path directory;
        private ManagerBuilder builder;
        private Manager server;
        private Manager client;

        @BeforeEach
        void start() {
            Path address = directory.resolve("m");
            builder = Manager.builder().address(address, SECRET);
            server = builder.start();
            client = Manager.connect(address, SECRET);
        }

        @AfterEach
        void stop() {
            client.close();
            server.close();
        }

        private void restart() {
            server.close();
            server = builder.start();
        }

        @Test
        void shouldNotReleaseAgainWhatReturnedWithTheServer() throws Exception {
            SharedSemaphore semaphore = client.semaphore("s", 1);
            semaphore.acquire();
            restart();
            semaphore.release();
            assertThat(semaphore.availablePermits()).isEqualTo(1);
            semaphore.release(); // as with the JDK's, this one is new
            assertThat(semaphore.availablePermits()).isEqualTo(2);
        }

        @Test
        void shouldReleaseFirstWhatReturnedWithTheServer() throws Exception {
            SharedSemaphore semaphore = client.semaphore("s", 1);
            semaphore.acquire();
            restart();
            semaphore.acquire();
            semaphore.release();
            assertThat(semaphore.tryAcquire()).isFalse();
            semaphore.release();
            assertThat(semaphore.availablePermits()).isEqualTo(1);
        }

        @Test
        void shouldNotCountAPermitOfACallThatWasWithdrawn() throws Exception {
            SharedSemaphore semaphore = client.semaphore("s", 2);
            CompletableFuture<Void> withdrawn = semaphore.acquireAsync();
            CompletableFuture<Void> granted = semaphore.acquireAsync();
            while (!withdrawn.cancel(true)) { // its answer was quicker
                semaphore.release();
                withdrawn = granted;
                granted = semaphore.acquireAsync();
            }
            granted.join();
            restart();
            semaphore.release(); // in vain
            semaphore.acquire();
            semaphore.release();
            assertThat(semaphore.availablePermits()).isEqualTo(2);
        }

        @Test
        void shouldReleaseWhatWasDrained() throws Exception {
            SharedSemaphore semaphore = client.semaphore("s", 3);
            assertThat(semaphore.drainPermits()).isEqualTo(3);
            restart();
            semaphore.release(3);
            assertThat(semaphore.availablePermits()).isEqualTo(3);
        }

        @Test
        void shouldCountThePermitsOfAnotherProcessOnce() throws Exception {
            SharedSemaphore semaphore = client.semaphore("s", 1);
            SharedEvent taken = client.event("taken");
            SharedEvent mayRelease = client.event("may release");
            SharedEvent released = client.event("released");
            ChildProcess<Void> child =
                    ChildProcess.start(
                            () -> {
                                semaphore.acquire();
                                taken.set();
                                awaitInTheNextServer(mayRelease);
                                semaphore.release();
                                released.set();
                                Thread.sleep(60_000);
                            });
            assertThat(taken.await(Duration.ofSeconds(30))).isTrue();
            restart();
            semaphore.acquire();
            mayRelease.set();
            assertThat(released.await(Duration.ofSeconds(30))).isTrue();
            assertThat(semaphore.availablePermits()).isZero();
            child.kill();
            child.join();
            Await.until(() -> client.stats().endedClients() > 0, "the server knows of the death");
            assertThat(semaphore.availablePermits()).isZero();
            semaphore.release();
            assertThat(semaphore.availablePermits()).isEqualTo(1);
        }
    }

    private static void awaitInTheNextServer(SharedEvent event) throws InterruptedException {
        while (true) {
            try {
                event.await();
                return;
            } catch (ManagerUnavailableException e) {
                Thread.sleep(10); // until it runs
            }
        }
    }
}
