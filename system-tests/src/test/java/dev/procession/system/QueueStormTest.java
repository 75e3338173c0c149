package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.memory.KillPoint;
import dev.procession.queue.ProcessQueue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * No death of a producer or consumer loses, doubles or reorders an element, or stops the others.
 */
@SystemTest
@Timeout(3600)
class QueueStormTest {

    private static final long HANG_MILLIS = 1000;

    @Test
    void shouldLoseNothingButWhatTheDeadHadTaken(Random random, @TempDir Path ledgers)
            throws Exception {
        List<KillPoint> points = new ArrayList<>(Arrays.asList(KillPoint.values()));
        points.removeIf(point -> point.compareTo(KillPoint.LANE_COPIED) >= 0); // not of queues
        try (ProcessQueue<byte[]> queue = ProcessQueue.create(64)) {
            QueueStorm storm = new QueueStorm(queue, ledgers, random, points);
            storm.rage(Scale.times(80, 2000 + 50 * points.size()));
            storm.calm();

            Set<Long> taken = takenOnceAndInOrder(storm);
            int lost = 0;
            int put = 0;
            for (int producer = 0; producer < storm.producersStarted(); producer++) {
                long[] acknowledged = StormLedger.read(storm.producerLedger(producer));
                put += acknowledged.length;
                for (int i = 0; i < acknowledged.length; i++) {
                    assertThat(acknowledged[i]).isEqualTo(StormParts.id(producer, i));
                    lost += taken.remove(acknowledged[i]) ? 0 : 1;
                }
                // One that it put and did not come to write down.
                taken.remove(StormParts.id(producer, acknowledged.length));
            }
            System.out.printf(
                    "system-tests: queue storm: %d deaths, %d put, %d lost with %d dead consumers,"
                            + " longest stall %d ms%n",
                    storm.deaths(), put, lost, storm.consumerDeaths(), storm.longestStallMillis());
            assertThat(taken).as("never put").isEmpty();
            assertThat(lost).isLessThanOrEqualTo(storm.consumerDeaths());
            assertThat(queue.size()).isZero();
            assertThat(storm.longestStallMillis()).isLessThan(HANG_MILLIS);
        }
    }

    private static Set<Long> takenOnceAndInOrder(QueueStorm storm) throws IOException {
        Set<Long> taken = new HashSet<>();
        for (Path ledger : storm.consumerLedgers()) {
            Map<Integer, Long> last = new HashMap<>();
            for (long id : StormLedger.read(ledger)) {
                assertThat(taken.add(id)).as("taken twice: %d", id).isTrue();
                Long before = last.put(StormParts.producer(id), id);
                assertThat(before == null || before < id).as("out of order: %d", id).isTrue();
            }
        }
        return taken;
    }
}
