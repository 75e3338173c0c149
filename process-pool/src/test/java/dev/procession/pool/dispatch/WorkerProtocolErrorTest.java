package dev.procession.pool.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.WorkerCrashedException;
import dev.procession.core.lane.LaneEnd;
import dev.procession.core.memory.Words;
import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.pool.TaskFuture;
import dev.procession.pool.protocol.LaneMessage;
import dev.procession.pool.worker.CurrentTask;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Workers that send what no worker sends, as one does whose memory was overwritten. */
final class WorkerProtocolErrorTest {

    private static final int NO_TYPE = 99;
    private static final int SPILL_FILE = 1 << 31;
    private static final int IMPOSSIBLE_LENGTH = 1 << 28;

    /** What a worker sends. */
    enum Nonsense {
        UNKNOWN_TYPE,
        MESSAGE_OF_THE_PARENT,
        OUTCOME_OF_NO_TASK_AND_AN_EMPTY_SPILL_FILE,
        SPILL_FILE_WITH_AN_IMPOSSIBLE_PATH,
        /** The header of the next record, overwritten: a type that there is not. */
        CORRUPT_TYPE,
        /** The same: a length that no record has. */
        CORRUPT_LENGTH
    }

    private static final int THREADS = 8;

    @ParameterizedTest
    @EnumSource
    void shouldEndOnlyTheWorkerThatSendsNonsense(Nonsense nonsense) throws Exception {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(2)) {
            TaskFuture<Integer> neighbour = pool.submit(() -> slowly(1000, 7));
            TaskFuture<Integer> confused = pool.submit(() -> send(nonsense));
            assertThatThrownBy(() -> confused.get(20, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(WorkerCrashedException.class);
            assertThat(neighbour.get(20, TimeUnit.SECONDS)).isEqualTo(7);
            assertThat(pool.submit(() -> 6 * 7).get(20, TimeUnit.SECONDS)).isEqualTo(42);
        }
    }

    /** Whichever of these threads reads the worker's lane meets the nonsense. */
    @ParameterizedTest
    @EnumSource
    void shouldGiveEachWaitingThreadItsOwnOutcome(Nonsense nonsense) throws Exception {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            pool.submit(() -> 0).get();
            List<Background<Integer>> threads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int number = i;
                TaskFuture<Integer> future =
                        i == THREADS / 2
                                ? pool.submit(() -> send(nonsense))
                                : pool.submit(() -> slowly(20, number));
                threads.add(
                        i % 2 == 0
                                ? Background.start(future::get)
                                : Background.start(() -> future.get(20, TimeUnit.SECONDS)));
            }
            for (int i = 0; i < THREADS; i++) {
                Background<Integer> thread = threads.get(i);
                if (i == THREADS / 2) {
                    assertThatThrownBy(() -> thread.get(20, TimeUnit.SECONDS))
                            .hasRootCauseInstanceOf(WorkerCrashedException.class);
                } else {
                    assertThat(thread.get(20, TimeUnit.SECONDS)).isEqualTo(i);
                }
            }
            assertThat(pool.stats().workersStarted()).isEqualTo(2);
        }
    }

    @Test
    void shouldSettleWhatTheWorkerFinishedBeforeItSentNonsense() throws Exception {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            pool.submit(() -> 0).get();
            TaskFuture<Integer> first = pool.submit(() -> 1);
            TaskFuture<Integer> second = pool.submit(() -> send(Nonsense.UNKNOWN_TYPE));
            TaskFuture<Integer> third = pool.submit(() -> 3);
            assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo(1);
            assertThatThrownBy(() -> second.get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(WorkerCrashedException.class);
            assertThat(third.get(20, TimeUnit.SECONDS)).isEqualTo(3);
        }
    }

    /** Reading is delayed, so that the worker finishes two tasks behind the nonsense. */
    @Test
    void shouldNotRepeatWhatTheWorkerFinishedAfterItSentNonsense(@TempDir Path files)
            throws Exception {
        String ran = files.resolve("ran").toString();
        String go = files.resolve("go").toString();
        List<TaskFuture<Integer>> futures = new ArrayList<>();
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            pool.submit(() -> 0).get();
            futures.add(
                    pool.submit(
                            () -> {
                                awaitFile(go);
                                sendOnly(Nonsense.UNKNOWN_TYPE);
                                return note(ran, 1);
                            }));
            futures.add(pool.submit(() -> note(ran, 2)));
            futures.add(pool.submit(() -> note(ran, 3)));
            PoolParts.sendAll(pool, PoolParts.firstRun(pool), 3);
            ReaderRole role = PoolParts.firstRun(pool).reader();
            role.takeLast();
            try {
                Files.createFile(Path.of(go));
                Await.until(() -> lines(ran).size() == 3, "all three ran");
            } finally {
                role.taken = ReaderRole.FREE;
            }
            for (TaskFuture<Integer> future : futures) {
                assertThatThrownBy(() -> future.get(20, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(WorkerCrashedException.class);
            }
            assertThat(pool.submit(() -> 6 * 7).get(20, TimeUnit.SECONDS)).isEqualTo(42);
        }
        assertThat(lines(ran)).containsExactly("1", "2", "3");
    }

    /** Results and the nonsense behind them are read in one batch. */
    @Test
    void shouldDeliverWhatItHasReadWhenTheLoggerThrows(@TempDir Path files) throws Exception {
        String go = files.resolve("go").toString();
        String sent = files.resolve("sent").toString();
        Logger logger = Logger.getLogger(FutureDelivery.class.getName());
        Handler refusing = refusing();
        logger.addHandler(refusing);
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            pool.submit(() -> 0).get();
            TaskFuture<Integer> finished = pool.submit(() -> awaitFile(go));
            TaskFuture<Integer> confused =
                    pool.submit(
                            () -> {
                                sendOnly(Nonsense.UNKNOWN_TYPE);
                                note(sent, 1);
                                return slowly(60_000, 0);
                            });
            PoolParts.sendAll(pool, PoolParts.firstRun(pool), 2);
            ReaderRole role = PoolParts.firstRun(pool).reader();
            role.takeLast();
            try {
                Files.createFile(Path.of(go));
                Await.until(() -> lines(sent).size() == 1, "the nonsense is sent");
            } finally {
                role.taken = ReaderRole.FREE;
            }
            assertThat(finished.get(20, TimeUnit.SECONDS)).isZero();
            assertThatThrownBy(() -> confused.get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(WorkerCrashedException.class);
            assertThat(pool.submit(() -> 6 * 7).get(20, TimeUnit.SECONDS)).isEqualTo(42);
        } finally {
            logger.removeHandler(refusing);
        }
    }

    private static Handler refusing() {
        return new Handler() {
            @Override
            public void publish(LogRecord line) {
                throw new IllegalStateException("a logger that throws");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }

    private static List<String> lines(String file) {
        Path path = Path.of(file);
        try {
            return Files.exists(path) ? Files.readAllLines(path) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int note(String file, int task) throws IOException {
        Files.writeString(
                Path.of(file), task + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return task;
    }

    private static int awaitFile(String file) throws InterruptedException {
        while (!Files.exists(Path.of(file))) {
            Thread.sleep(1);
        }
        return 0;
    }

    private static int send(Nonsense nonsense) throws Exception {
        sendOnly(nonsense);
        return slowly(60_000, 0);
    }

    private static void sendOnly(Nonsense nonsense) throws Exception {
        Field field = CurrentTask.class.getDeclaredField("lane");
        field.setAccessible(true);
        LaneEnd lane = (LaneEnd) field.get(CurrentTask.get());
        switch (nonsense) {
            case UNKNOWN_TYPE -> send(lane, NO_TYPE, new byte[0]);
            case MESSAGE_OF_THE_PARENT -> send(lane, LaneMessage.TASK.wire(), new byte[0]);
            case OUTCOME_OF_NO_TASK_AND_AN_EMPTY_SPILL_FILE ->
                    send(lane, LaneMessage.RETURNED.wire() | SPILL_FILE, new byte[0]);
            case SPILL_FILE_WITH_AN_IMPOSSIBLE_PATH ->
                    send(lane, LaneMessage.RETURNED.wire() | SPILL_FILE, new byte[20]);
            case CORRUPT_TYPE -> overwriteNextHeader(lane, -1);
            case CORRUPT_LENGTH ->
                    overwriteNextHeader(
                            lane,
                            (long) LaneMessage.RETURNED.wire() << Integer.SIZE
                                    | Integer.toUnsignedLong(~IMPOSSIBLE_LENGTH));
        }
    }

    /** Writes where the worker's next record begins; the parent sees it when it looks. */
    private static void overwriteNextHeader(LaneEnd lane, long header)
            throws ReflectiveOperationException {
        Object ring = field(field(lane, "sender"), "ring");
        int capacity = (int) field(ring, "capacity");
        int place = (int) field(ring, "data") + ((int) (long) field(ring, "tail") & (capacity - 1));
        Words.setRelease((ByteBuffer) field(ring, "memory"), place, header);
    }

    private static Object field(Object object, String name) throws ReflectiveOperationException {
        Field field = object.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(object);
    }

    private static void send(LaneEnd lane, int type, byte[] payload) throws Exception {
        if (!lane.offer(type, 0, payload)) {
            throw new IllegalStateException("the ring is full");
        }
    }

    private static int slowly(long millis, int value) throws InterruptedException {
        Thread.sleep(millis);
        return value;
    }
}
