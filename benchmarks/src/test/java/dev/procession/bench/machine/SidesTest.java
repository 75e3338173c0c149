package dev.procession.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SidesTest {

    private static final long JVM = 1;

    @Test
    void shouldPutAChildOnTheOtherSide() {
        assertThat(Sides.of(Map.of(10L, JVM))).isEqualTo(new Sides(List.of(), List.of(10L)));
    }

    @Test
    void shouldSeparateAScriptFromItsChildren() {
        assertThat(Sides.of(Map.of(10L, JVM, 11L, 10L, 12L, 11L)))
                .isEqualTo(new Sides(List.of(10L), List.of(11L, 12L)));
    }

    @Test
    void shouldSeparateTwoChildren() {
        assertThat(Sides.of(Map.of(10L, JVM, 20L, JVM, 21L, 20L)))
                .isEqualTo(new Sides(List.of(10L), List.of(20L, 21L)));
    }

    @Test
    void shouldHaveNoSidesWithoutProcesses() {
        assertThat(Sides.of(Map.of())).isEqualTo(new Sides(List.of(), List.of()));
    }
}
