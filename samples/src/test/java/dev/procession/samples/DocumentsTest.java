package dev.procession.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DocumentsTest {

    @Test
    void shouldReadTheGoodAndSayWhyTheOthersWereKilled() throws Exception {
        ByteArrayOutputStream report = new ByteArrayOutputStream();
        boolean right = Documents.run(new PrintStream(report, true, StandardCharsets.UTF_8));
        String text = report.toString(StandardCharsets.UTF_8);
        assertThat(right).as(text).isTrue();
        assertThat(text).contains("OUT_OF_MEMORY", "OUT_OF_TIME", "CRASHED", "REFUSED");
    }
}
