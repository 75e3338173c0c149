package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.ChildProcess;
import dev.procession.core.memory.KillPoint;
import dev.procession.queue.ProcessQueue;
import dev.procession.queue.QueueClosedException;
import dev.procession.testing.Scale;
import dev.procession.testing.Standstill;
import dev.procession.testing.SystemTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many processes at one queue: another process soon takes over the lock of a dead one, and each
 * process has its turn.
 */
@SystemTest
@Timeout(600)
class QueueContentionTest {

    private static final int DEATHS = Scale.times(9, 51);
    private static final long TAKE_OVER_MILLIS = 50;

    private static final int PARTIES = 4;
    private static final long CONTENTION_NANOS = TimeUnit.SECONDS.toNanos(Scale.times(3, 30));
    private static final long STARVED_MILLIS = 2_000;

    @Test
    void shouldTakeOverTheLockOfADeadProducer() throws Exception {
        long[] nanos = new long[DEATHS];
        try (ProcessQueue<Integer> queue = ProcessQueue.create(2 * DEATHS)) {
            for (int i = 0; i < DEATHS; i++) {
                ChildProcess<Void> victim = victim(KillPoint.PUT_COPIED, () -> queue.put(-1));
                assertThat(victim.exitCode()).hasValue(137);
                long start = System.nanoTime();
                queue.put(i);
                nanos[i] = System.nanoTime() - start;
            }
            for (int i = 0; i < DEATHS; i++) {
                assertThat(queue.take()).isEqualTo(i);
            }
        }
        assertTakenOverSoon("producers", nanos);
    }

    @Test
    void shouldTakeOverTheLockOfADeadConsumer() throws Exception {
        long[] nanos = new long[DEATHS];
        try (ProcessQueue<Integer> queue = ProcessQueue.create(DEATHS)) {
            for (int i = 0; i < DEATHS; i++) {
                queue.put(i);
                ChildProcess<Void> victim = victim(KillPoint.TAKE_COPIED, queue::take);
                assertThat(victim.exitCode()).hasValue(137);
                long start = System.nanoTime();
                assertThat(queue.take()).isEqualTo(i);
                nanos[i] = System.nanoTime() - start;
            }
        }
        assertTakenOverSoon("consumers", nanos);
    }

    private static ChildProcess<Void> victim(KillPoint place, ChildProcess.Body body)
            throws InterruptedException {
        ChildProcess<Void> victim =
                ChildProcess.builder()
                        .systemProperty("procession.killPoint", place + ":1")
                        .start(body);
        victim.join();
        return victim;
    }

    /** Compares the median, because a single takeover may have waited for a processor. */
    private static void assertTakenOverSoon(String lock, long[] nanos) {
        Arrays.sort(nanos);
        System.out.printf(
                "system-tests: the %s' lock of %d dead ones: taken over within %d µs in the"
                        + " middle, %d µs at most%n",
                lock,
                nanos.length,
                TimeUnit.NANOSECONDS.toMicros(nanos[nanos.length / 2]),
                TimeUnit.NANOSECONDS.toMicros(nanos[nanos.length - 1]));
        assertThat(TimeUnit.NANOSECONDS.toMillis(nanos[nanos.length / 2]))
                .isLessThanOrEqualTo(TAKE_OVER_MILLIS);
    }

    @Test
    @SuppressWarnings("try") // closed early, which ends the others
    void shouldStarveNoProcess() throws Exception {
        List<ChildProcess<Long>> parties = new ArrayList<>();
        try (ProcessQueue<Boolean> ready = ProcessQueue.create(2 * PARTIES);
                ProcessQueue<Integer> queue = ProcessQueue.create(PARTIES);
                ProcessQueue<Integer> start = ProcessQueue.create(2 * PARTIES)) {
            for (int i = 0; i < PARTIES; i++) {
                parties.add(ChildProcess.start(() -> longestWait(ready, start, queue, true)));
                parties.add(ChildProcess.start(() -> longestWait(ready, start, queue, false)));
            }
            for (int i = 0; i < 2 * PARTIES; i++) {
                ready.take();
            }
            for (int i = 0; i < 2 * PARTIES; i++) {
                start.put(i);
            }
            TimeUnit.NANOSECONDS.sleep(CONTENTION_NANOS);
            queue.close();
            List<Long> waits = new ArrayList<>();
            for (ChildProcess<Long> party : parties) {
                waits.add(party.result());
            }
            System.out.println("system-tests: longest waits at a contended queue, ms: " + waits);
            assertThat(waits).allMatch(millis -> millis < STARVED_MILLIS);
            queue.clear();
        }
    }

    /**
     * Puts or takes until the queue is closed; returns the longest time between two successes, less
     * the time in which this process itself was stopped.
     */
    private static long longestWait(
            ProcessQueue<Boolean> ready,
            ProcessQueue<Integer> start,
            ProcessQueue<Integer> queue,
            boolean puts)
            throws InterruptedException {
        ready.put(true);
        start.take();
        long longest = 0;
        try (Standstill standstill = new Standstill()) {
            long last = System.nanoTime() - standstill.nanos();
            while (true) {
                boolean goesOn = putOrTake(queue, puts);
                long now = System.nanoTime() - standstill.nanos();
                longest = Math.max(longest, now - last);
                last = now;
                if (!goesOn) {
                    return TimeUnit.NANOSECONDS.toMillis(longest);
                }
            }
        }
    }

    private static boolean putOrTake(ProcessQueue<Integer> queue, boolean puts)
            throws InterruptedException {
        try {
            if (puts) {
                queue.put(1);
            } else {
                queue.take();
            }
            return true;
        } catch (QueueClosedException e) {
            return false;
        }
    }
}
