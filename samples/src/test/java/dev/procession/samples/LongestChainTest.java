package dev.procession.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.TestProgram;
import org.junit.jupiter.api.Test;

/** In a program of its own, because the bar's library keeps a thread. */
class LongestChainTest {

    @Test
    void shouldDrawABarOverMapAndFindTheNumber() throws Exception {
        try (TestProgram program = TestProgram.start(LongestChain.class)) {
            assertThat(program.awaitExit()).as(program.text()).isZero();
            assertThat(program.text()).contains("837,799", "524 steps", "200/200");
        }
    }
}
