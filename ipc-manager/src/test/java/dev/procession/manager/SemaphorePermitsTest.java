package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.ChildProcess;
import dev.procession.testing.Await;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more permits than can be counted");
        assertThat(semaphore.availablePermits()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void shouldDrainADebt() {
        SharedSemaphore debt = manager.semaphore("debt", -2);
        assertThat(debt.drainPermits()).isEqualTo(-2);
        assertThat(debt.availablePermits()).isZero();
    }
}
