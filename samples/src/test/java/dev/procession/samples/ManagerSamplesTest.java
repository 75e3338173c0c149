package dev.procession.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(180) // each starts several JVMs, and UPDATES does a fixed number of calls
class ManagerSamplesTest {

    @ParameterizedTest
    @EnumSource(
            value = Sample.class,
            names = {"AUTHORS", "UPDATES", "JOBS"})
    void shouldHoldWhatItChecks(Sample sample) throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        boolean holds;
        try (PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            holds = sample.run(out);
        }
        assertThat(holds).as(printed.toString(StandardCharsets.UTF_8)).isTrue();
    }
}
