package dev.procession.core.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimeoutTest {

    @Test
    void shouldNeverEndWithoutALimit() {
        for (Timeout timeout :
                new Timeout[] {
                    Timeout.NEVER,
                    Timeout.ofNanos(Timeout.FOREVER),
                    Timeout.of(Duration.ofSeconds(Long.MAX_VALUE))
                }) {
            assertThat(timeout.isLimited()).isFalse();
            assertThat(timeout.isOver()).isFalse();
            assertThat(timeout.remainingNanos()).isEqualTo(Timeout.FOREVER);
            assertThatThrownBy(timeout::endNanos).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void shouldBeOverAtOnceWithoutAPositiveTime() {
        for (Timeout timeout :
                new Timeout[] {
                    Timeout.ofNanos(0),
                    Timeout.ofNanos(Long.MIN_VALUE),
                    Timeout.of(Duration.ofSeconds(Long.MIN_VALUE))
                }) {
            assertThat(timeout.isOver()).isTrue();
            assertThat(timeout.remainingNanos()).isZero();
        }
    }

    @Test
    void shouldCountDownFromItsStart() {
        Timeout hour = Timeout.of(Duration.ofHours(1));

        assertThat(hour.isOver()).isFalse();
        assertThat(hour.remainingNanos())
                .isLessThanOrEqualTo(TimeUnit.HOURS.toNanos(1))
                .isGreaterThan(TimeUnit.MINUTES.toNanos(59));
        assertThat(hour.endNanos() - System.nanoTime()).isLessThan(TimeUnit.HOURS.toNanos(1));
    }

    @Test
    void shouldTakeTheEarlierOfTwoEnds() {
        Timeout hour = Timeout.of(Duration.ofHours(1));

        assertThat(hour.atMost(TimeUnit.HOURS.toNanos(2))).isSameAs(hour);
        assertThat(hour.atMost(Timeout.FOREVER)).isSameAs(hour);
        assertThat(hour.atMost(0).isOver()).isTrue();
        assertThat(Timeout.NEVER.atMost(0).isOver()).isTrue();
        assertThat(Timeout.NEVER.atMost(Timeout.FOREVER)).isSameAs(Timeout.NEVER);
    }

    @Test
    void shouldConvertWithoutOverflow() {
        assertThat(Timeout.nanos(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(Timeout.FOREVER);
        assertThat(Timeout.nanos(Duration.ofSeconds(Long.MIN_VALUE))).isZero();
        assertThat(Timeout.nanos(Duration.ofNanos(-1))).isZero();
        assertThat(Timeout.nanos(Duration.ofMillis(3))).isEqualTo(3_000_000);
        assertThat(Timeout.nanos(Long.MAX_VALUE, TimeUnit.DAYS)).isEqualTo(Timeout.FOREVER);
        assertThat(Timeout.nanos(-1, TimeUnit.SECONDS)).isZero();
        assertThat(Timeout.nanos(2, TimeUnit.MICROSECONDS)).isEqualTo(2_000);
    }
}
