package dev.procession.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.memory.Segment;
import dev.procession.queue.ring.QueueShape;
import dev.procession.queue.ring.TwoLockRing;
import dev.procession.queue.ring.Waiting;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The threads of a process that wait at one queue. */
@Timeout(60)
class WaitRoomTest {

    private static final int ROUNDS = 11;

    /** A follower that is not woken sleeps for a second; a leader is woken at once. */
    private static final Duration BOUND = Duration.ofMillis(700);

    @TempDir Path directory;

    private final AtomicBoolean firstHasLeft = new AtomicBoolean();

    private Background<Long> sleeper(WaitRoom room, AtomicBoolean ready, Runnable afterwards) {
        return Background.start(
                        () -> {
                            room.sleep(Waiting.ELEMENT, ready::get, TimeUnit.SECONDS.toNanos(50));
                            long now = System.nanoTime();
                            afterwards.run();
                            return now;
                        })
                .awaitBlocked();
    }

    @Test
    void shouldHandTheLeadOnWhenTheNextLeaderIsSignalledBeforeItLeads() throws Exception {
        QueueShape shape = QueueShape.of(4, 4096);
        Path path = directory.resolve("q1-1");
        Segment segment = Segment.inMemory(path, shape.segmentBytes(), shape.toWords());
        TwoLockRing ring = new TwoLockRing(segment, 1, member -> false);
        Path bell = directory.resolve("q1-1.b1");
        List<Long> took = new ArrayList<>();
        try (WaitRoom room = new WaitRoom(ring, bell);
                BellConnections bells = new BellConnections(member -> bell)) {
            for (int round = 0; round < ROUNDS; round++) {
                took.add(round(room, bells));
            }
        }
        Collections.sort(took); // the median: the machine may pause in any round
        assertThat(took.get(ROUNDS / 2)).isLessThan(BOUND.toNanos());
    }

    /** As in the join of a queue whose last element is processed elsewhere. */
    @Test
    void shouldLookSeldomWhenTheQueueHasEnded() throws Exception {
        QueueShape shape = QueueShape.of(4, 4096);
        Path path = directory.resolve("q1-2");
        Segment segment = Segment.inMemory(path, shape.segmentBytes(), shape.toWords());
        WaitRoom room =
                new WaitRoom(
                        new TwoLockRing(segment, 1, member -> false), directory.resolve("q1-2.b1"));
        room.close();
        AtomicInteger looks = new AtomicInteger();
        room.sleep(
                Waiting.IDLE,
                () -> {
                    looks.incrementAndGet();
                    return false;
                },
                TimeUnit.SECONDS.toNanos(1));
        assertThat(looks.get()).isLessThan(30);
    }

    private long round(WaitRoom room, BellConnections bells) throws Exception {
        firstHasLeft.set(false);
        AtomicBoolean[] ready = {
            new AtomicBoolean(), new AtomicBoolean(), new AtomicBoolean(),
        };
        Background<Long> leader = sleeper(room, ready[0], () -> firstHasLeft.set(true));
        Background<Long> next = sleeper(room, ready[1], () -> {});
        Background<Long> last = sleeper(room, ready[2], () -> {});

        ready[0].set(true);
        room.look(Waiting.ELEMENT);
        Await.until(firstHasLeft::get, "the first leader has left");
        ready[1].set(true); // it was woken to become the leader, and is signalled before it can
        room.look(Waiting.ELEMENT);
        leader.get();
        next.get();

        ready[2].set(true);
        long start = System.nanoTime();
        assertThat(bells.wake(1)).isTrue(); // as another process does
        return last.get() - start;
    }
}
