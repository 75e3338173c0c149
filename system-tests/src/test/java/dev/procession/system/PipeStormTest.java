package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.system.tool.PipeStorm;
import dev.procession.system.tool.PipeStormCounts;
import dev.procession.system.tool.StormPoints;
import dev.procession.testing.Scale;
import dev.procession.testing.SystemTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The death of a sender or receiver loses no sent message, delivers none twice or in part, and does
 * not keep the other side waiting.
 *
 * <p>{@code -Dprocession.kills=250} sets the number of random deaths for each wire, and a twentieth
 * of it for each place, so that the long form can be run in slices with different seeds.
 */
@SystemTest
@Timeout(1200)
class PipeStormTest {

    private static final long HANG_MILLIS = 1000;
    private static final int PLACES = 3;
    private static final int KILLS = Integer.getInteger("procession.kills", Scale.times(16, 1000));
    private static final int KILLS_AT_EACH = Math.max(1, KILLS / 20);
    private static final int LONG_STOPS = Math.max(1, KILLS / 50);

    @Test
    void shouldDeliverOnceAndWholeOverLanes(Random random, @TempDir Path ledgers) throws Exception {
        run(true, random, ledgers);
    }

    @Test
    void shouldDeliverOnceAndWholeOverSockets(Random random, @TempDir Path ledgers)
            throws Exception {
        run(false, random, ledgers);
    }

    private static void run(boolean lanes, Random random, Path ledgers) throws Exception {
        StormPoints points = new StormPoints(StormPoints.ofPipes(lanes), KILLS_AT_EACH);
        PipeStormCounts tally = new PipeStormCounts(points, KILLS, LONG_STOPS);
        ExecutorService threads = Executors.newFixedThreadPool(PLACES);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < PLACES; i++) {
                Path directory = Files.createDirectory(ledgers.resolve("" + i));
                Random own = new Random(random.nextLong());
                running.add(threads.submit(() -> run(tally, lanes, directory, own)));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } finally {
            threads.shutdown();
            assertThat(threads.awaitTermination(3, TimeUnit.MINUTES)).isTrue();
        }
        System.out.println(
                "system-tests: storm of pipes over " + (lanes ? "lanes: " : "sockets: ") + tally);
        assertThat(tally.longestWaitMillis()).isLessThan(HANG_MILLIS);
    }

    private static Void run(PipeStormCounts tally, boolean lanes, Path directory, Random random)
            throws Exception {
        PipeStorm storm = new PipeStorm(tally, lanes, directory, random);
        boolean whole = false;
        try {
            storm.run();
            whole = true;
        } finally {
            if (!whole) {
                tally.giveUp();
            }
            storm.finish();
        }
        return null;
    }
}
