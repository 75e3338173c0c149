package dev.procession.manager.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.SelectStrategy;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoopSpinTest {

    private final AtomicLong now = new AtomicLong(7);
    private final LoopSpin spin = new LoopSpin(now::get);

    @Test
    void shouldSleepAtOnceWhenNothingHasHappened() throws Exception {
        assertEquals(SelectStrategy.SELECT, spin.calculateStrategy(() -> 0, false));
    }

    @Test
    void shouldHandOnEvents() throws Exception {
        assertEquals(3, spin.calculateStrategy(() -> 3, false));
        assertEquals(2, spin.calculateStrategy(() -> 2, true));
    }

    @Test
    void shouldNotSleepWhileThereAreTasks() throws Exception {
        assertEquals(0, spin.calculateStrategy(() -> 0, true));
    }

    @Test
    void shouldPollForAWhileAfterEachEventHoweverOftenInVain() throws Exception {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "never on one processor");
        for (int i = 0; i < 1_000; i++) {
            assertEquals(1, spin.calculateStrategy(() -> 1, false));
            now.addAndGet(LoopSpin.SPIN_NANOS - 1);
            assertEquals(0, spin.calculateStrategy(() -> 0, false));
            now.incrementAndGet();
            assertEquals(SelectStrategy.SELECT, spin.calculateStrategy(() -> 0, false));
            now.addAndGet(LoopSpin.SPIN_NANOS * 100);
        }
    }

    @Test
    void shouldPollForAWhileAfterEachSleepAsItsEventIsNotSeenHere() throws Exception {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "never on one processor");
        for (int i = 0; i < 10; i++) {
            assertEquals(SelectStrategy.SELECT, spin.calculateStrategy(() -> 0, false));
            now.addAndGet(LoopSpin.SPIN_NANOS * 100); // the event comes, and Netty hands it on
            assertEquals(0, spin.calculateStrategy(() -> 0, false));
            now.addAndGet(LoopSpin.SPIN_NANOS - 1);
            assertEquals(0, spin.calculateStrategy(() -> 0, false));
            now.incrementAndGet();
        }
    }
}
