package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
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
    void shouldAddNumbersOfUsualScales() {
        SharedDict<String, BigDecimal> dict = manager.dict("usual");
        dict.put("k", new BigDecimal("1E+300"));
        assertThat(dict.merge("k", new BigDecimal("1E-300"), Merge.sum()))
                .isEqualTo(new BigDecimal("1E+300").add(new BigDecimal("1E-300")));
        assertThat(dict.merge("k", new BigDecimal("0.5"), Merge.min()))
                .isEqualTo(new BigDecimal("0.5"));
    }
}
