package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A small request does not make the server compute for long. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MergeCostTest {

    private static Manager manager;

    @BeforeAll
    static void start() {
        manager = Manager.start();
    }

    @AfterAll
    static void stop() {
        manager.close();
    }

    @Test
    void shouldRefuseASumOfHundredsOfMillionsOfDigits() {
        BigDecimal huge = new BigDecimal("1E+300000000");
        BigDecimal tiny = new BigDecimal("1E-300000000");
        SharedDict<String, BigDecimal> dict = manager.dict("d");
        dict.put("huge", huge);
        dict.put("tiny", tiny);
        assertThatThrownBy(() -> dict.merge("huge", BigDecimal.ONE, Merge.sum()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("there=-300000000, given=0");
        assertThatThrownBy(() -> dict.merge("tiny", BigDecimal.ONE, Merge.sum()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> dict.merge("tiny", huge, Merge.max()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(dict.get("huge")).isEqualTo(huge);
        assertThat(dict.get("tiny")).isEqualTo(tiny);
    }

    @Test
    void shouldRefuseToBringMillionsOfDigitsToAnotherScale() {
        BigInteger digits = BigInteger.ONE.shiftLeft(100_000_000);
        BigDecimal whole = new BigDecimal(digits);
        BigDecimal tenths = new BigDecimal(digits, 1);
        SharedDict<String, BigDecimal> dict = manager.dict("digits");
        dict.put("k", whole);
        assertThatThrownBy(() -> dict.merge("k", tenths, Merge.max()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too many digits");
        assertThatThrownBy(() -> dict.merge("k", new BigDecimal("0.1"), Merge.sum()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too many digits");
        assertThat(dict.merge("k", BigDecimal.ONE, Merge.min())).isEqualTo(BigDecimal.ONE);
    }

    @Test
    void shouldAddNumbersOfUsualScales() {
        SharedDict<String, BigDecimal> dict = manager.dict("usual");
        dict.put("k", new BigDecimal("1E+300"));
        assertThat(dict.merge("k", new BigDecimal("1E-300"), Merge.sum()))
                .isEqualTo(new BigDecimal("1E+300").add(new BigDecimal("1E-300")));
        assertThat(dict.merge("k", new BigDecimal("0.5"), Merge.min()))
                .isEqualTo(new BigDecimal("0.5"));
    }
}
