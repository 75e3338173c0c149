package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Serializable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How results are delivered to futures. */
@Timeout(60)
class ResultDeliveryTest {

    @Nested
    class Delivery {

        @Test
        void shouldGoOnWhenAResultNeverEndsBeingRead() throws Exception {
            CountDownLatch latch = new CountDownLatch(1);
            Hanging.LATCH.set(latch);
            try (ProcessPoolExecutor pool = TestPools.quiet(1).build()) {
                TaskFuture<Object> hanging = pool.submit(() -> new Hanging());
                TaskFuture<Integer> next = pool.submit(() -> 2);
                assertThat(next.get()).isEqualTo(2);
                assertThat(next.thenApply(i -> i + 1).get(30, TimeUnit.SECONDS)).isEqualTo(3);
                TaskFuture<Integer> later = pool.submit(() -> 4);
                assertThat(later.thenApply(i -> i + 1).get(30, TimeUnit.SECONDS)).isEqualTo(5);
                assertThat(hanging.isDone()).isFalse();
                latch.countDown();
                assertThat(hanging.get()).isInstanceOf(Hanging.class);
            }
        }

        @Test
        void shouldLetADependentActionWaitForAnotherTask() throws Exception {
            try (ProcessPoolExecutor pool = TestPools.quiet(1).build()) {
                assertThat(
                                pool.submit(() -> 1)
                                        .thenApply(i -> i + pool.submit(() -> 2).join())
                                        .get(30, TimeUnit.SECONDS))
                        .isEqualTo(3);
            }
        }
    }

    /** Blocks in the parent while it is read, until the latch is down. */
    private static final class Hanging implements Serializable {
        private static final long serialVersionUID = 1L;
        private static final AtomicReference<CountDownLatch> LATCH =
                new AtomicReference<>(new CountDownLatch(0));

        private Object readResolve() {
            try {
                LATCH.get().await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return this;
        }
    }
}
