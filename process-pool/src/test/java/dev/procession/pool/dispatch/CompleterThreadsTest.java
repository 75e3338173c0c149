package dev.procession.pool.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The threads that run dependent actions. */
final class CompleterThreadsTest {

    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
    private static final int ROUNDS = 300;

    /** Jobs come faster than a woken thread begins. */
    @Test
    void shouldNotMakeAThreadBesideOneThatIsJustWoken() throws Exception {
        Completer completer = new Completer("quick");
        Set<String> ran = ConcurrentHashMap.newKeySet();
        try {
            for (int round = 0; round < ROUNDS; round++) {
                CountDownLatch done = new CountDownLatch(20);
                for (int i = 0; i < 20; i++) {
                    completer.run(
                            () -> {
                                ran.add(Long.toString(Thread.currentThread().getId()));
                                done.countDown();
                            });
                }
                assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
            }
        } finally {
            completer.finish(TimeUnit.SECONDS.toNanos(5), thread -> false);
        }
        assertThat(ran).hasSizeLessThanOrEqualTo(PROCESSORS + 1);
    }

    /** Otherwise a result that comes behind the removal of a file waits for the next pass. */
    @Test
    void shouldAskForATickForAResultBehindAJobThatNobodyWaitsFor() {
        Completer completer = new Completer("later");
        try {
            completer.execute(() -> {});
            assertThat(completer.runLater(() -> {}, System.nanoTime())).isTrue();
        } finally {
            completer.finish(TimeUnit.SECONDS.toNanos(5), thread -> false);
        }
    }
}
