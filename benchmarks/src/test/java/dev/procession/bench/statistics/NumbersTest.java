package dev.procession.bench.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class NumbersTest {

    @Test
    void shouldTakeTheMiddle() {
        assertThat(Numbers.median(DoubleStream.of(9, 1, 2))).isEqualTo(2);
        assertThat(Numbers.median(DoubleStream.of(4, 1, 2, 9))).isEqualTo(3);
        assertThat(Numbers.median(DoubleStream.empty())).isNaN();
    }

    @Test
    void shouldShowTheDigitsThatMatter() {
        assertThat(Numbers.shown(0.1234)).isEqualTo("0.123");
        assertThat(Numbers.shown(9.876)).isEqualTo("9.88");
        assertThat(Numbers.shown(98.76)).isEqualTo("98.8");
        assertThat(Numbers.shown(1234.5)).isEqualTo("1,235");
        assertThat(Numbers.shown(Double.NaN)).isEqualTo("–");
    }
}
