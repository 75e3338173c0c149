package dev.procession.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HermioneTest {

    @Test
    void shouldHearEverything() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(Hermione.run(new PrintStream(out, true, StandardCharsets.UTF_8))).isTrue();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("heard: hermione")
                .contains("answer to question 3");
    }
}
