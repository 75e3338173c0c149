package dev.procession.samples.kotlin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LambdasTest {

    @Test
    void shouldRunLambdasOfKotlinInWorkers() {
        assertThat(LambdasKt.lambdas())
                .containsExactly(42, new Point(2, 1), true, List.of(1, 4, 9));
    }
}
