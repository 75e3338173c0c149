package dev.procession.core.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A peer that dies between its commit and its wake-up: simulated by a write to the ring that
 * bypasses the lane's end.
 */
class LostWakeUpTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int PAYLOAD_BYTES = 500;

    private LaneEnd one;
    private LaneEnd other;
    private Segment segment;

    @BeforeEach
    void open() throws Exception {
        LaneEnd[] pair = LaneEnd.createPair(1 << 12);
        one = pair[0];
        LaneHandle handle = pair[1].move(); // its handle has the path of the segment
        other = LaneEnd.attach(handle);
        segment = Segment.open(Path.of(handle.path()), SegmentKind.LANE);
    }

    @AfterEach
    void close() throws Exception {
        one.close();
        other.close();
    }

    @Test
    void shouldFindAMessageWithoutAWakeUp() throws Exception {
        RingWriter peer = LaneLayout.writer(segment, 0);
        Sleeper sleeper =
                new Sleeper(() -> other.awaitMessage(Long.MAX_VALUE) && other.poll() != null);
        sleeper.awaitSleep();
        assertThat(peer.offer(0, 1, new byte[1])).isTrue();
        sleeper.requireAwake();
    }

    @Test
    void shouldFindRoomWithoutAWakeUp() throws Exception {
        while (one.offer(0, 0, new byte[PAYLOAD_BYTES])) {
            // until there is no room
        }
        RingReader peer = LaneLayout.reader(segment, 0);
        Sleeper sleeper = new Sleeper(() -> one.awaitRoom(PAYLOAD_BYTES, Long.MAX_VALUE));
        sleeper.awaitSleep();
        while (peer.next()) {
            peer.release();
        }
        sleeper.requireAwake();
    }

    private interface Wait {
        boolean run() throws Exception;
    }

    /** A thread that waits at an end. */
    private static final class Sleeper {
        private final CompletableFuture<Boolean> woken = new CompletableFuture<>();
        private final Thread thread = new Thread(this::run, "sleeper");
        private final Wait wait;

        Sleeper(Wait wait) {
            this.wait = wait;
            thread.setDaemon(true);
            thread.start();
        }

        private void run() {
            try {
                woken.complete(wait.run());
            } catch (Exception e) {
                woken.completeExceptionally(e);
            }
        }

        /** Waits until the thread has checked in vain and is in the selector. */
        void awaitSleep() {
            BooleanSupplier selects =
                    () ->
                            Arrays.stream(thread.getStackTrace())
                                    .anyMatch(frame -> frame.getMethodName().equals("select"));
            while (!selects.getAsBoolean() && !woken.isDone()) {
                Thread.onSpinWait();
            }
        }

        void requireAwake() {
            assertThat(woken).as("awake without a wake-up").succeedsWithin(PATIENCE);
            assertThat(woken).isCompletedWithValue(true);
        }
    }
}
