package dev.procession.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StartingTest {

    @Test
    void shouldStartThreadsAndAProcess() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(Starting.run(new PrintStream(out, true, StandardCharsets.UTF_8))).isTrue();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("Runnable")
                .contains("class of its own")
                .contains("ended with 0");
    }

    @Test
    void shouldGiveTheSameResultsByThreadsAndByProcesses() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(SameCode.run(new PrintStream(out, true, StandardCharsets.UTF_8))).isTrue();
        assertThat(out.toString(StandardCharsets.UTF_8).split("\\[1, 4, 9, 16, 25]", -1))
                .hasSize(3);
    }
}
