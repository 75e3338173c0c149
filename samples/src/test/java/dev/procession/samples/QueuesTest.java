package dev.procession.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class QueuesTest {

    @Test
    void shouldSumTheSameInAllWays() throws Exception {
        ByteArrayOutputStream report = new ByteArrayOutputStream();
        assertThat(Queues.run(new PrintStream(report, true, StandardCharsets.UTF_8))).isTrue();
        assertThat(report.toString(StandardCharsets.UTF_8).lines()).hasSize(4);
    }
}
