package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.memory.KillPoint;
import dev.procession.queue.ProcessQueue;
import dev.procession.system.program.StormLedger;
import dev.procession.system.program.StormParts;
import dev.procession.system.tool.QueueStorm;
import dev.procession.system.tool.StormPoints;
import dev.procession.testing.Scale;
import dev.procession.testing.SystemTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The death of a producer or consumer loses, duplicates or reorders no element, and does not stop
 * the others.
 *
 * <p>The long form has 250 random deaths and 7 at each place, and a minute or two for each test:
 * run it eight times with different seeds for all that {@code docs/reliability.md} promises.
 */
@SystemTest
@Timeout(1200)
class QueueStormTest {

    private static final long HANG_MILLIS = 1000;
    private static final int CAPACITY = 64;
    private static final int RANDOM_DEATHS = Scale.times(20, 250);
    private static final int DEATHS_AT_EACH = Scale.times(1, 7);

    @Test
    void shouldLoseOnlyElementsThatDeadConsumersHadTaken(Random random, @TempDir Path ledgers)
            throws Exception {
        run(QueueStorm.Way.SINGLE, 1, StormPoints.ofTaking(), random, ledgers);
    }

    @Test
    void shouldLoseOnlyBatchesThatDeadConsumersHadTaken(Random random, @TempDir Path ledgers)
            throws Exception {
        run(QueueStorm.Way.BATCHES, QueueStorm.BATCH, StormPoints.ofDraining(), random, ledgers);
    }

    private static void run(
            QueueStorm.Way way, int batch, Set<KillPoint> places, Random random, Path ledgers)
            throws Exception {
        StormPoints points = new StormPoints(places, DEATHS_AT_EACH);
        try (ProcessQueue<byte[]> queue = ProcessQueue.create(CAPACITY);
                QueueStorm storm = new QueueStorm(queue, way, ledgers, random, points)) {
            storm.run(RANDOM_DEATHS);
            storm.finish();

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
                // The last element, which the producer put but did not record before it died.
                for (int i = 0; i < batch; i++) {
                    taken.remove(StormParts.id(producer, acknowledged.length + i));
                }
            }
            report("queue storm, " + way, storm, points, put, lost);
            assertThat(taken).as("never put").isEmpty();
            assertThat(lost).isLessThanOrEqualTo(batch * storm.consumerDeaths());
            assertEmptyAndUnstalled(queue, storm);
        }
    }

    @Test
    void shouldLoseNoLeasedElement(Random random, @TempDir Path ledgers) throws Exception {
        StormPoints points = new StormPoints(StormPoints.ofLeasing(), DEATHS_AT_EACH);
        try (ProcessQueue<byte[]> queue = ProcessQueue.create(CAPACITY);
                QueueStorm storm =
                        new QueueStorm(queue, QueueStorm.Way.LEASES, ledgers, random, points)) {
            storm.run(RANDOM_DEATHS);
            storm.finish();

            Set<Long> seen = acknowledgedOnce(storm);
            int lost = 0;
            int put = 0;
            for (int producer = 0; producer < storm.producersStarted(); producer++) {
                long[] acknowledged = StormLedger.read(storm.producerLedger(producer));
                put += acknowledged.length;
                for (long id : acknowledged) {
                    lost += seen.remove(id) ? 0 : 1;
                }
                seen.remove(StormParts.id(producer, acknowledged.length));
            }
            report("lease storm", storm, points, put, lost);
            assertThat(seen).as("never put").isEmpty();
            assertThat(lost).isZero();
            assertEmptyAndUnstalled(queue, storm);
        }
    }

    private static void assertEmptyAndUnstalled(ProcessQueue<byte[]> queue, QueueStorm storm) {
        assertThat(queue.size()).isZero();
        assertThat(queue.remainingCapacity()).isEqualTo(CAPACITY);
        assertThat(storm.longestStallMillis()).isLessThan(HANG_MILLIS);
    }

    private static void report(
            String name, QueueStorm storm, StormPoints points, int put, int lost) {
        System.out.printf(
                "system-tests: %s: %d deaths at random, at places %s; %d put, %d lost with %d dead"
                        + " consumers, longest stall %d ms%n",
                name,
                storm.randomDeaths(),
                points,
                put,
                lost,
                storm.consumerDeaths(),
                storm.longestStallMillis());
    }

    private static Set<Long> takenOnceAndInOrder(QueueStorm storm) throws IOException {
        Set<Long> taken = new HashSet<>();
        for (Path ledger : storm.consumerLedgers()) {
            Map<Integer, Long> last = new HashMap<>();
            for (long entry : StormLedger.read(ledger)) {
                long id = entry & ~StormParts.REMOVED;
                assertThat(taken.add(id)).as("taken twice: %d", id).isTrue();
                if (entry == id) {
                    Long before = last.put(StormParts.producer(id), id);
                    assertThat(before == null || before < id).as("out of order: %d", id).isTrue();
                }
            }
        }
        return taken;
    }

    /**
     * The elements that were acknowledged, or that a consumer was about to acknowledge when it
     * died. Only a consumer that died with an element has not acknowledged it, and then others
     * receive it again.
     */
    private static Set<Long> acknowledgedOnce(QueueStorm storm) throws IOException {
        Set<Long> seen = new HashSet<>();
        Set<Long> about = new HashSet<>();
        Set<Long> done = new HashSet<>();
        for (Path ledger : storm.consumerLedgers()) {
            long[] entries = StormLedger.read(ledger);
            for (int i = 0; i < entries.length; i++) {
                long id = entries[i - i % 3];
                switch (i % 3) {
                    case 0 -> seen.add(id);
                    case 1 -> {
                        assertThat(entries[i]).isEqualTo(id | StormParts.ABOUT);
                        about.add(id);
                    }
                    default -> {
                        assertThat(entries[i]).isEqualTo(id | StormParts.DONE);
                        assertThat(done.add(id)).as("acknowledged twice").isTrue();
                    }
                }
            }
        }
        assertThat(about).as("others receive the elements of a dead consumer").containsAll(seen);
        return about;
    }
}
