package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The order in which tasks begin, also if some were sent ahead and taken back. */
final class TaskOrderTest {

    private static final int WARM_UP = 200;

    @TempDir private Path files;

    private String ran = "";

    @BeforeEach
    void setUp() {
        ran = files.resolve("ran").toString();
    }

    @Test
    void shouldBeginASecondTaskOfHighPriorityBeforeLowOnesThatWereSentAhead() throws Exception {
        String firstGate = files.resolve("first").toString();
        String secondGate = files.resolve("second").toString();
        try (ProcessPoolExecutor pool = warm(1)) {
            TaskFuture<Integer> blocker = pool.submit(() -> pass(firstGate));
            Await.until(() -> running(pool) == 1, "the blocker runs");
            List<TaskFuture<Integer>> all = new ArrayList<>();
            for (int i = 1; i <= 3; i++) {
                all.add(submit(pool, "low " + i, 0));
            }
            String file = ran;
            all.add(pool.submit(() -> note(file, "high 1", secondGate), priority(5)));
            Files.createFile(Path.of(firstGate));
            assertThat(blocker.get(20, TimeUnit.SECONDS)).isZero();
            Await.until(() -> lines().contains("high 1"), "the first of high priority runs");
            all.add(submit(pool, "high 2", 5));
            Files.createFile(Path.of(secondGate));
            for (TaskFuture<Integer> future : all) {
                assertThat(future.get(20, TimeUnit.SECONDS)).isZero();
            }
        }
        assertThat(lines()).containsExactly("high 1", "high 2", "low 1", "low 2", "low 3");
    }

    @Test
    void shouldKeepTheOrderOfTasksThatWereAheadOfTwoWorkers() throws Exception {
        String gate = files.resolve("gate").toString();
        String never = files.resolve("never").toString();
        try (ProcessPoolExecutor pool = warm(2)) {
            TaskFuture<Integer> blocked = pool.submit(() -> pass(never));
            TaskFuture<Integer> blocker = pool.submit(() -> pass(gate));
            Await.until(() -> running(pool) == 2, "both workers are busy");
            List<TaskFuture<Integer>> all = new ArrayList<>();
            for (int i = 1; i <= 6; i++) {
                all.add(submit(pool, "low " + i, 0));
            }
            all.add(submit(pool, "high", 5));
            Files.createFile(Path.of(gate));
            assertThat(blocker.get(20, TimeUnit.SECONDS)).isZero();
            for (TaskFuture<Integer> future : all) {
                assertThat(future.get(20, TimeUnit.SECONDS)).isZero();
            }
            blocked.cancel(true);
        }
        assertThat(lines())
                .containsExactly("high", "low 1", "low 2", "low 3", "low 4", "low 5", "low 6");
    }

    private TaskFuture<Integer> submit(ProcessPoolExecutor pool, String name, int priority) {
        String file = ran;
        return pool.submit(() -> note(file, name, ""), priority(priority));
    }

    private static TaskOptions priority(int priority) {
        return TaskOptions.builder().priority(priority).build();
    }

    /** A pool whose workers are known to run short tasks, so that more are sent ahead. */
    private static ProcessPoolExecutor warm(int workers) throws Exception {
        ProcessPoolExecutor pool = new ProcessPoolExecutor(workers);
        assertThat(pool.prestartAllWorkers()).isBetween(workers - 1, workers);
        Await.until(
                () ->
                        pool.workers().stream().filter(w -> w.state() == WorkerState.IDLE).count()
                                == workers,
                "all workers are up");
        List<TaskFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < WARM_UP; i++) {
            futures.add(pool.submit(() -> 0));
        }
        for (TaskFuture<Integer> future : futures) {
            assertThat(future.get(20, TimeUnit.SECONDS)).isZero();
        }
        return pool;
    }

    private static int running(ProcessPoolExecutor pool) {
        return pool.stats().running();
    }

    private List<String> lines() {
        Path path = Path.of(ran);
        try {
            return Files.exists(path) ? Files.readAllLines(path) : List.of();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int note(String file, String name, String gate) throws Exception {
        Files.writeString(
                Path.of(file), name + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return gate.isEmpty() ? 0 : pass(gate);
    }

    private static int pass(String gate) throws InterruptedException {
        while (!Files.exists(Path.of(gate))) {
            Thread.sleep(1);
        }
        return 0;
    }
}
