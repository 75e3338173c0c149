package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.ChildProcess;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import dev.procession.testing.LiveProcess;
import dev.procession.testing.Signal;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A client that dies, gives up or loses the server keeps no signal, permit or lock that others wait
 * for.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings({"LockNotBeforeTry", "WaitNotInLoop"}) // the test needs a lock that stays locked
class LostSignalsTest {

    private static Manager manager;

    @BeforeAll
    static void start() {
        manager = Manager.start();
    }

    @AfterAll
    static void stop() {
        manager.close();
    }

    private static ChildProcess<Void> waiterInAChild(SharedLock lock, Condition condition) {
        ChildProcess<Void> child =
                ChildProcess.start(
                        () -> {
                            lock.lock();
                            condition.await();
                        });
        Await.until(() -> manager.stats().waitingRequests() == 1, "one request waits");
        return child;
    }

    private static Background<Boolean> waiterHere(SharedLock lock, Condition condition) {
        Background<Boolean> here =
                Background.start(
                        () -> {
                            lock.lock();
                            condition.await();
                            lock.unlock();
                            return true;
                        });
        Await.until(() -> manager.stats().waitingRequests() == 2, "two requests wait");
        return here;
    }

    @Test
    void shouldHandOnTheSignalOfAWaiterThatDiesBeforeItsTurn() throws Exception {
        SharedLock lock = manager.lock("turn");
        Condition condition = lock.condition("go");
        ChildProcess<Void> child = waiterInAChild(lock, condition);
        Background<Boolean> here = waiterHere(lock, condition);
        lock.lock();
        condition.signal();
        child.kill();
        child.join();
        Await.until(() -> manager.stats().waitingRequests() == 1, "one request waits");
        lock.unlock();
        assertThat(here.get(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void shouldHandOnTheSignalOfAWaiterThatWasDeadAlreadyWhenItGotTheLock() throws Exception {
        SharedLock lock = manager.lock("dead");
        Condition condition = lock.condition("go");
        ChildProcess<Void> child = waiterInAChild(lock, condition);
        Background<Boolean> here = waiterHere(lock, condition);
        lock.lock();
        Signal.STOP.sendTo(child.pid()); // so that it cannot use the lock that it gets
        condition.signal();
        lock.unlock();
        Await.until(() -> manager.stats().waitingRequests() == 1, "the child has the lock");
        child.kill();
        child.join();
        assertThat(here.get(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void shouldBreakABarrierWhenAPartyComesInterrupted() throws Exception {
        SharedBarrier barrier = manager.barrier("interrupted", 2);
        Background<Integer> other = Background.start(barrier::await);
        Await.until(() -> barrier.waiting() == 1, "one party waits");
        Thread.currentThread().interrupt();
        assertThatThrownBy(barrier::await).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(barrier.isBroken()).isTrue();
        assertThatThrownBy(() -> other.get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(BrokenBarrierException.class);
        Thread.currentThread().interrupt();
        assertThatThrownBy(barrier::await).isInstanceOf(BrokenBarrierException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    /** Interrupts itself at the first check for an interrupt, which still returns false. */
    private static final class InterruptedLate extends Thread {

        private boolean checked;

        InterruptedLate(Runnable body) {
            super(body, "interrupted late");
        }

        @Override
        public boolean isInterrupted() {
            boolean before = super.isInterrupted();
            if (!checked) { // each channel operation checks as well
                checked = true;
                interrupt();
            }
            return before;
        }
    }

    @Test
    void shouldBreakABarrierWhenTheInterruptComesBetweenTheCheckAndTheCall() throws Exception {
        SharedBarrier barrier = manager.barrier("late", 3);
        Background<Integer> other = Background.start(barrier::await);
        Await.until(() -> barrier.waiting() == 1, "one party waits");
        FutureTask<Integer> late = new FutureTask<>(barrier::await);
        Thread thread = new InterruptedLate(late);
        thread.start();
        assertThatThrownBy(() -> late.get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(InterruptedException.class);
        thread.join();
        Await.until(barrier::isBroken, "the barrier is broken");
        assertThatThrownBy(() -> other.get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(BrokenBarrierException.class);
    }

    @Test
    void shouldReportTheServersDeathAfterTheUsualFinally() throws Exception {
        try (Manager mortal = Manager.start()) {
            SharedLock lock = mortal.lock("mortal");
            Condition condition = lock.condition("go");
            Background<Void> waiting =
                    Background.start(
                            () -> {
                                lock.lock();
                                try {
                                    condition.await();
                                } finally {
                                    lock.unlock();
                                }
                                return null;
                            });
            Await.until(() -> mortal.stats().waitingRequests() == 1, "one request waits");
            LiveProcess server = LiveProcess.of(mortal.stats().pid());
            ProcessHandle.of(server.pid()).orElseThrow().destroyForcibly();
            assertThatThrownBy(() -> waiting.get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(ManagerUnavailableException.class);
        }
    }
}
