package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Dependent actions that block, beside others. */
final class BlockedDependentsTest {

    private static final int BLOCKED = 300;

    @Test
    void shouldCompleteAFutureThoughHundredsOfDependentsBlock() throws Exception {
        CountDownLatch opened = new CountDownLatch(1);
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            List<CompletableFuture<Boolean>> blocked = new ArrayList<>();
            for (int i = 0; i < BLOCKED; i++) {
                blocked.add(pool.submit(() -> 1).thenApply(one -> awaitUninterrupted(opened)));
            }
            CompletableFuture<Void> last =
                    pool.submit(() -> 1).thenAccept(one -> opened.countDown());
            last.get(40, TimeUnit.SECONDS);
            for (CompletableFuture<Boolean> each : blocked) {
                assertThat(each.get(40, TimeUnit.SECONDS)).isTrue();
            }
        } finally {
            opened.countDown();
        }
    }

    private static boolean awaitUninterrupted(CountDownLatch latch) {
        try {
            return latch.await(50, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
