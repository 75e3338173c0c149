package dev.procession.queue.ring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import dev.procession.testing.Background;
import dev.procession.testing.Budget;
import dev.procession.testing.Spin;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Small races, run very often, each with an outcome that the ring's fences forbid. Two threads
 * stand for two processes: each has its own view of the ring.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RingFencesTest {

    private static final int LEAST_ROUNDS = 2_000;
    private static final int ROUNDS = 100_000;
    private static final QueueShape SHAPE = QueueShape.of(1, Long.MAX_VALUE);

    @TempDir private Path directory;
    private TwoLockRing one;
    private TwoLockRing other;
    private TwoLockRing third;

    @BeforeEach
    void make() throws IOException {
        Segment segment =
                Segment.create(
                        directory.resolve("q"),
                        SegmentKind.QUEUE,
                        SHAPE.segmentBytes(),
                        SHAPE.toWords());
        one = new TwoLockRing(segment, 1, member -> false);
        other = new TwoLockRing(segment, 2, member -> false);
        third = new TwoLockRing(segment, 3, member -> false);
    }

    /** One side of a race; returns whether it has seen the other side's store. */
    private interface Side {
        boolean run(int round) throws IOException;
    }

    private interface Work {
        void run() throws IOException;
    }

    /**
     * The forbidden outcome: a consumer sleeps although an element is there, and the producer does
     * not wake it.
     */
    @Test
    void shouldSeeTheWaiterOrBeSeenByIt() throws Exception {
        race(
                round -> {
                    put(one, new byte[] {1});
                    return one.slots().hasWaiters(Waiting.ELEMENT);
                },
                round -> {
                    other.slots().announce(Waiting.ELEMENT);
                    VarHandle.fullFence();
                    return !other.isEmpty();
                },
                () -> {
                    other.slots().retract(Waiting.ELEMENT);
                    take(one);
                });
    }

    /**
     * The forbidden outcome: a third process finds no waiter, and clears an announcement that is
     * made at the same time.
     */
    @Test
    void shouldSeeTheWaiterWhileAnotherClearsOldAnnouncements() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger cleared = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(1);
        Background<Void> cleaner =
                Background.start(
                        () -> {
                            begun.countDown();
                            while (!over.get()) {
                                if (!third.slots().isQuiet()
                                        && !third.slots().hasWaiters(Waiting.ELEMENT)) {
                                    cleared.incrementAndGet();
                                }
                            }
                            return null;
                        });
        begun.await();
        try {
            shouldSeeTheWaiterOrBeSeenByIt();
        } finally {
            over.set(true);
        }
        cleaner.get();
        assertThat(cleared).hasPositiveValue();
    }

    /**
     * The forbidden outcome: a producer sleeps although there is room, and the consumer does not
     * wake it.
     */
    @Test
    void shouldSeeTheWaiterForRoomOrBeSeenByIt() throws Exception {
        put(one, new byte[] {1});
        race(
                round -> {
                    take(one);
                    return one.slots().hasWaiters(Waiting.ROOM);
                },
                round -> {
                    other.slots().announce(Waiting.ROOM);
                    VarHandle.fullFence();
                    return other.hasRoom(1);
                },
                () -> {
                    other.slots().retract(Waiting.ROOM);
                    put(one, new byte[] {1});
                });
    }

    /**
     * The forbidden outcomes: an element is visible before its bytes, or its place is reused before
     * they are read.
     */
    @Test
    void shouldShowAnElementWithAllItsBytes() throws Exception {
        AtomicInteger sent = new AtomicInteger(Integer.MAX_VALUE);
        Background<Void> producer = Background.start(() -> produce(sent));
        int received = 0;
        while (true) {
            int round = received;
            Spin.until(() -> other.reader().isReady() || sent.get() == round);
            if (sent.get() == round) {
                break;
            }
            byte[] element = take(other);
            assertThat(element).hasSize(1 + round % 500);
            for (byte one : element) {
                if (one != (byte) round) {
                    assertThat(element).as("element %d", round).containsOnly((byte) round);
                }
            }
            received++;
        }
        producer.get();
        assertThat(one.isEmpty()).isTrue();
    }

    private Void produce(AtomicInteger sent) throws IOException {
        Budget budget = budget();
        int round = 0;
        try {
            for (; budget.allows(round); round++) {
                byte[] element = new byte[1 + round % 500];
                Arrays.fill(element, (byte) round);
                Spin.until(() -> put(one, element));
            }
        } finally {
            sent.set(round);
        }
        return null;
    }

    private static Budget budget() {
        return new Budget(LEAST_ROUNDS, ROUNDS, Duration.ofSeconds(30));
    }

    /** Runs both sides at once, often, and fails if neither sees the other. */
    private static void race(Side one, Side other, Work reset) throws Exception {
        Meetings begun = new Meetings();
        Meetings ended = new Meetings();
        AtomicBoolean over = new AtomicBoolean(); // decided before they meet, read afterwards
        boolean[] saw = new boolean[1];
        Background<Void> partner =
                Background.start(
                        () -> {
                            try {
                                begun.meet();
                                for (int round = 0; !over.get(); round++) {
                                    saw[0] = other.run(round);
                                    ended.meet();
                                    begun.meet();
                                }
                            } finally {
                                begun.abandon();
                                ended.abandon();
                            }
                            return null;
                        });
        int both = 0;
        int rounds = 0;
        Budget budget = budget();
        try {
            for (; budget.allows(rounds); rounds++) {
                begun.meet();
                boolean oneSaw = one.run(rounds);
                ended.meet();
                assertThat(oneSaw || saw[0]).as("one sees the other, round=%d", rounds).isTrue();
                both += oneSaw && saw[0] ? 1 : 0;
                reset.run();
            }
            over.set(true);
            begun.meet();
        } catch (Abandoned e) {
            partner.get(); // throws why
            throw e;
        } finally {
            begun.abandon();
            ended.abandon();
        }
        partner.get();
        System.out.println("in " + both + " of " + rounds + " rounds each saw the other");
    }

    /** A barrier for two threads that is used again and again. */
    private static final class Meetings {
        private final AtomicInteger arrivals = new AtomicInteger();
        private volatile boolean abandoned;

        /** Waits until both threads have arrived. */
        void meet() throws IOException {
            int arrived = arrivals.incrementAndGet();
            int both = arrived + arrived % 2;
            Spin.until(() -> arrivals.get() >= both || abandoned);
            if (arrivals.get() < both) {
                throw new Abandoned();
            }
        }

        /** Ends the waits of the other thread: this one will not arrive any more. */
        void abandon() {
            abandoned = true;
        }
    }

    /** The other thread has failed. */
    private static final class Abandoned extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Abandoned() {
            super("the other side of the race has ended");
        }
    }

    private static boolean put(TwoLockRing ring, byte[] bytes) throws IOException {
        ring.writer().lock(Long.MAX_VALUE);
        try {
            return ring.writer().append(QueueLayout.INLINE, bytes, bytes.length)
                    == QueueWriter.Result.DONE;
        } finally {
            ring.writer().unlock();
        }
    }

    private static byte[] take(TwoLockRing ring) throws IOException {
        ring.reader().lock(Long.MAX_VALUE);
        try {
            assertThat(ring.reader().next()).isTrue();
            byte[] payload = ring.reader().payload();
            ring.reader().consume();
            return payload;
        } finally {
            ring.reader().unlock();
        }
    }
}
