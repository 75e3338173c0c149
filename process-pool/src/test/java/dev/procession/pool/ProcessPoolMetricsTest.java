package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.testing.Await;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProcessPoolMetricsTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void shouldCountWhatThePoolDid() throws Exception {
        try (ProcessPoolExecutor pool =
                ProcessPoolExecutor.builder().workers(1).name("measured").build()) {
            new ProcessPoolMetrics(pool, Tags.of("site", "here")).bindTo(registry);
            assertThat(counter("submitted")).isZero();
            for (int i = 0; i < 3; i++) {
                int number = i;
                assertThat(pool.submit(() -> number + 1).get()).isEqualTo(number + 1);
            }
            assertThatThrownBy(
                            () ->
                                    pool.submit(
                                                    () -> {
                                                        throw new IllegalStateException("no");
                                                    })
                                            .get())
                    .isInstanceOf(ExecutionException.class);
            assertThat(counter("submitted")).isEqualTo(4);
            assertThat(counter("completed", "outcome", "succeeded")).isEqualTo(3);
            assertThat(counter("completed", "outcome", "failed")).isEqualTo(1);
            assertThat(counter("failures", "cause", "crashed")).isZero();
            assertThat(gauge("queued")).isZero();
            assertThat(gauge("running")).isZero();
            assertThat(counter("workers.started")).isEqualTo(1);
            assertThat(gauge("workers", "state", "idle") + gauge("workers", "state", "busy"))
                    .isEqualTo(1);
            assertThat(gauge("workers.resident")).isGreaterThan(1 << 20);
            var run = registry.get("procession.pool.run").tags("name", "measured").functionTimer();
            // The pool records the times after it has completed the futures.
            Await.until(() -> run.count() >= 4, "the times of four tasks are noted");
            assertThat(run.count()).isEqualTo(4);
            assertThat(run.totalTime(TimeUnit.NANOSECONDS)).isPositive();
            assertThat(
                            registry.get("procession.pool.run.max")
                                    .timeGauge()
                                    .value(TimeUnit.NANOSECONDS))
                    .isGreaterThanOrEqualTo(
                            registry.get("procession.pool.run.percentile")
                                    .tags("percentile", "0.5")
                                    .timeGauge()
                                    .value(TimeUnit.NANOSECONDS));
        }
    }

    private double counter(String what, String... tags) {
        return registry.get("procession.pool." + what)
                .tags("name", "measured", "site", "here")
                .tags(tags)
                .functionCounter()
                .count();
    }

    private double gauge(String what, String... tags) {
        return registry.get("procession.pool." + what)
                .tags("name", "measured", "site", "here")
                .tags(tags)
                .gauge()
                .value();
    }
}
