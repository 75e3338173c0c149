package dev.procession.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class DocumentsTest {

    /**
     * Enough for a cold worker on a busy machine to read a good document: twice what the sample
     * allows. One of its documents takes as long as it may.
     */
    private static final Duration AMPLE = Duration.ofSeconds(10);

    @Test
    void shouldReadTheGoodAndSayWhyTheOthersWereKilled() throws Exception {
        ByteArrayOutputStream report = new ByteArrayOutputStream();
        boolean right = Documents.run(new PrintStream(report, true, StandardCharsets.UTF_8), AMPLE);
        String text = report.toString(StandardCharsets.UTF_8);
        assertThat(right).as(text).isTrue();
        assertThat(text).contains("OUT_OF_MEMORY", "OUT_OF_TIME", "CRASHED", "REFUSED");
    }
}
