package dev.procession.core.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Small races, run very often, each with an outcome that the ring's fences forbid. Two threads come
 * as two processes would: each with its own view of the ring.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RingFencesTest {

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

    /** One side of a race; says whether it has seen what the other did. */
    private interface Side {
        boolean run(int round) throws IOException;
    }

    private interface Work {
        void run() throws IOException;
    }

    /** Somebody sleeps for an element that nobody rings for. */
    @Test
    void shouldSeeTheWaiterOrBeSeenByIt() throws Exception {
        race(
                round -> {
                    put(one, new byte[] {1});
                    return one.slots().hasWaiters(QueueLayout.ELEMENT);
                },
                round -> {
                    other.slots().announce(QueueLayout.ELEMENT);
                    VarHandle.fullFence();
                    return !other.isEmpty();
                },
                () -> {
                    other.slots().retract(QueueLayout.ELEMENT);
                    take(one);
                });
    }

    /** A third finds that nobody waits, and takes down the announcement that comes just then. */
    @Test
    void shouldSeeTheWaiterWhileAnotherClearsOldAnnouncements() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger cleared = new AtomicInteger();
        CompletableFuture<Void> cleaner =
                start(
                        () -> {
                            while (!over.get()) {
                                if (!third.slots().isQuiet()
                                        && !third.slots().hasWaiters(QueueLayout.ELEMENT)) {
                                    cleared.incrementAndGet();
                                }
                            }
                        });
        try {
            shouldSeeTheWaiterOrBeSeenByIt();
        } finally {
            over.set(true);
        }
        cleaner.get();
        assertThat(cleared).hasPositiveValue();
    }

    /** Somebody sleeps for room that nobody rings for. */
    @Test
    void shouldSeeWhoWaitsForRoomOrBeSeenByIt() throws Exception {
        put(one, new byte[] {1});
        race(
                round -> {
                    take(one);
                    return one.slots().hasWaiters(QueueLayout.ROOM);
                },
                round -> {
                    other.slots().announce(QueueLayout.ROOM);
                    VarHandle.fullFence();
                    return other.hasRoom(1);
                },
                () -> {
                    other.slots().retract(QueueLayout.ROOM);
                    put(one, new byte[] {1});
                });
    }

    /** An element is seen before its bytes, or its place is used again before they are read. */
    @Test
    @SuppressWarnings("ThreadPriorityCheck") // spinning would use up its turn on a busy machine
    void shouldShowAnElementWithAllItsBytes() throws Exception {
        CompletableFuture<Void> producer =
                start(
                        () -> {
                            for (int round = 0; round < ROUNDS; round++) {
                                byte[] element = new byte[1 + round % 500];
                                Arrays.fill(element, (byte) round);
                                while (!put(one, element)) {
                                    Thread.yield();
                                }
                            }
                        });
        for (int round = 0; round < ROUNDS; round++) {
            while (!other.reader().isReady()) {
                Thread.yield();
            }
            byte[] element = take(other);
            assertThat(element).hasSize(1 + round % 500);
            for (byte one : element) {
                if (one != (byte) round) {
                    assertThat(element).as("element %d", round).containsOnly((byte) round);
                }
            }
        }
        producer.get();
        assertThat(one.isEmpty()).isTrue();
    }

    /** Runs both at once, often; it is forbidden that neither sees the other. */
    private static void race(Side left, Side right, Work reset) throws Exception {
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        boolean[] saw = new boolean[1];
        CompletableFuture<Void> partner =
                start(
                        () -> {
                            for (int round = 0; round < ROUNDS; round++) {
                                meet(begun, round);
                                saw[0] = right.run(round);
                                meet(ended, round);
                            }
                        });
        int both = 0;
        for (int round = 0; round < ROUNDS; round++) {
            meet(begun, round);
            boolean leftSaw = left.run(round);
            meet(ended, round);
            assertThat(leftSaw || saw[0]).as("one sees the other, round=%d", round).isTrue();
            both += leftSaw && saw[0] ? 1 : 0;
            reset.run();
        }
        partner.get();
        System.out.println("in " + both + " of " + ROUNDS + " rounds each saw the other");
    }

    /** Both have to come before one goes on. */
    @SuppressWarnings("ThreadPriorityCheck") // the other may need this processor to come
    private static void meet(AtomicInteger arrivals, int round) {
        arrivals.incrementAndGet();
        for (int turn = 0; arrivals.get() < 2 * (round + 1); turn++) {
            if (turn < 100) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }

    /** Each on a thread of its own: the common pool may have one for all of them. */
    private static CompletableFuture<Void> start(Work work) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                },
                RingFencesTest::startThread);
    }

    private static void startThread(Runnable work) {
        Thread thread = new Thread(work, "race");
        thread.setDaemon(true);
        thread.start();
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
