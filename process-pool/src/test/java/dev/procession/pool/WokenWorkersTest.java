package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which workers are woken: short tasks stay with those that are awake, and yet no task waits while
 * a worker sleeps that could run it.
 */
@Timeout(60)
final class WokenWorkersTest {

    private static final int WORKERS = 6;
    private static final int FLOOD = 20_000;
    private static final int ROUNDS = 5;

    @TempDir private Path files;

    /** The last measured tasks were short, and then come some that all workers are needed for. */
    @Test
    void shouldWakeAllWorkersForTasksThatTurnOutToBeLong() throws Exception {
        try (ProcessPoolExecutor pool = warm()) {
            for (int round = 0; round < ROUNDS; round++) {
                List<TaskFuture<Integer>> all = flood(pool);
                String room = Files.createDirectory(files.resolve("room " + round)).toString();
                for (int i = 0; i < WORKERS; i++) {
                    all.add(pool.submit(() -> meet(room, WORKERS)));
                }
                all.addAll(flood(pool));
                for (TaskFuture<Integer> each : all) {
                    assertThat(each.get(30, TimeUnit.SECONDS)).isPositive();
                }
            }
        }
    }

    /** Who submits does nothing more, and nobody waits: the pool itself must go on. */
    @Test
    void shouldGoOnWhileNobodyWaitsAndNothingMoreIsSubmitted() throws Exception {
        try (ProcessPoolExecutor pool = warm()) {
            for (int round = 0; round < ROUNDS; round++) {
                CompletableFuture<?>[] all = flood(pool).toArray(new CompletableFuture<?>[0]);
                CompletableFuture<Void> over = CompletableFuture.allOf(all);
                Await.until(over::isDone, "all tasks have ended");
            }
        }
    }

    /** Short tasks that sleep need no processor, so they run beside each other. */
    @Test
    void shouldRunShortTasksThatSleepInAllWorkers() throws Exception {
        try (ProcessPoolExecutor pool = warm()) {
            List<TaskFuture<Integer>> all = new ArrayList<>();
            for (int i = 0; i < 60 * WORKERS; i++) {
                all.add(
                        pool.submit(
                                () -> {
                                    Thread.sleep(2);
                                    return 1;
                                }));
            }
            for (TaskFuture<Integer> each : all) {
                assertThat(each.get(30, TimeUnit.SECONDS)).isOne();
            }
            assertThat(pool.workers()).allMatch(worker -> worker.tasksDone() > 10);
        }
    }

    private static ProcessPoolExecutor warm() throws Exception {
        ProcessPoolExecutor pool = TestPools.quiet(WORKERS).build();
        pool.prestartAllWorkers();
        Await.until(
                () ->
                        pool.workers().stream()
                                        .filter(worker -> worker.state() == WorkerState.IDLE)
                                        .count()
                                == WORKERS,
                "all workers are up");
        for (TaskFuture<Integer> each : flood(pool)) {
            assertThat(each.get(30, TimeUnit.SECONDS)).isOne();
        }
        return pool;
    }

    private static List<TaskFuture<Integer>> flood(ProcessPoolExecutor pool) {
        List<TaskFuture<Integer>> all = new ArrayList<>();
        for (int i = 0; i < FLOOD; i++) {
            all.add(pool.submit(() -> 1));
        }
        return all;
    }

    /** Enters a room, and leaves it when so many are there. */
    private static int meet(String room, int people) throws IOException, InterruptedException {
        Path here = Path.of(room);
        Path unused = Files.createTempFile(here, "person", "");
        while (true) {
            try (Stream<Path> list = Files.list(here)) {
                if (list.count() >= people) {
                    return people;
                }
            }
            Thread.sleep(1);
        }
    }
}
