package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.WorkerCrashedException;
import dev.procession.core.wire.LaneEnd;
import java.lang.reflect.Field;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Workers that send what makes no sense, as one does whose memory was overwritten. */
final class SenselessWorkerTest {

    private static final int NO_TYPE = 99;
    private static final int PARCEL = 1 << 31;

    /** What a worker sends. */
    enum Nonsense {
        UNKNOWN_TYPE,
        MESSAGE_OF_THE_PARENT,
        OUTCOME_OF_NO_TASK_AND_AN_EMPTY_PARCEL,
        PARCEL_WITH_AN_IMPOSSIBLE_PATH
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndOnlyTheWorkerThatSendsNonsense(Nonsense nonsense) throws Exception {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(2)) {
            TaskFuture<Integer> neighbour = pool.submit(() -> slowly(1000, 7));
            TaskFuture<Integer> senseless = pool.submit(() -> send(nonsense));
            assertThatThrownBy(() -> senseless.get(20, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(WorkerCrashedException.class);
            assertThat(neighbour.get(20, TimeUnit.SECONDS)).isEqualTo(7);
            assertThat(pool.submit(() -> 6 * 7).get(20, TimeUnit.SECONDS)).isEqualTo(42);
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

    private static int send(Nonsense nonsense) throws Exception {
        Field field = Worker.class.getDeclaredField("lane");
        field.setAccessible(true);
        LaneEnd lane = (LaneEnd) field.get(Worker.current());
        switch (nonsense) {
            case UNKNOWN_TYPE -> send(lane, NO_TYPE, new byte[0]);
            case MESSAGE_OF_THE_PARENT -> send(lane, LaneMessage.TASK.wire(), new byte[0]);
            case OUTCOME_OF_NO_TASK_AND_AN_EMPTY_PARCEL ->
                    send(lane, LaneMessage.RETURNED.wire() | PARCEL, new byte[0]);
            case PARCEL_WITH_AN_IMPOSSIBLE_PATH ->
                    send(lane, LaneMessage.RETURNED.wire() | PARCEL, new byte[20]);
        }
        return slowly(60_000, 0);
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
