package dev.procession.pool.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.pool.TaskFuture;
import dev.procession.testing.Await;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A thread that waits for tasks at the end of its stack. */
final class DeepWaitTest {

    private static final int TASKS = 400;
    private static final int STACK_BYTES = 1 << 19;

    /**
     * Waits for another future at each depth, from the overflow upwards, until one returns: so
     * there is an overflow at each step of a wait.
     */
    private static final class Diver implements Runnable {

        private final Deque<TaskFuture<Integer>> futures;
        private boolean isThrough;

        Diver(List<TaskFuture<Integer>> futures) {
            this.futures = new ArrayDeque<>(futures);
        }

        @Override
        public void run() {
            dive();
        }

        @SuppressWarnings("InfiniteRecursion") // until the stack is full
        private void dive() {
            try {
                dive();
            } catch (StackOverflowError e) {
                // From here on upwards.
            }
            TaskFuture<Integer> future = isThrough ? null : futures.poll();
            if (future != null) {
                try {
                    isThrough = future.get() >= 0;
                } catch (StackOverflowError e) {
                    // There is more room one call up.
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    private static int value(int value) throws InterruptedException {
        Thread.sleep(1);
        return value;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCompleteEachFutureAtWhoseWaitTheStackOverflowed(boolean isBounded) throws Exception {
        ProcessPoolExecutor.Builder builder = ProcessPoolExecutor.builder().workers(1);
        if (isBounded) { // then the thread takes the pool's lock when a task has ended
            ProcessPoolExecutor.Builder unused = builder.queueCapacity(TASKS);
        }
        try (ProcessPoolExecutor pool = builder.build()) {
            for (int round = 0; round < 5; round++) {
                List<TaskFuture<Integer>> futures = new ArrayList<>();
                for (int i = 0; i < TASKS; i++) {
                    int value = i;
                    futures.add(pool.submit(() -> value(value)));
                }
                Diver diver = new Diver(futures);
                Thread thread = new Thread(null, diver, "diver", STACK_BYTES);
                thread.start();
                thread.join(TimeUnit.SECONDS.toMillis(30));
                assertThat(thread.isAlive()).isFalse();
                assertThat(diver.isThrough).isTrue();
                for (int i = 0; i < TASKS; i++) {
                    assertThat(futures.get(i).get(20, TimeUnit.SECONDS)).isEqualTo(i);
                }
                ReaderRole role = PoolParts.firstRun(pool).reader();
                Await.until(() -> !role.isTaken(), "no thread has the role");
            }
        }
    }
}
