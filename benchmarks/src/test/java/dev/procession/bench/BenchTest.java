package dev.procession.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BenchTest {

    private static String refusalOf(String... args) {
        StringWriter errors = new StringWriter();
        int status = new CommandLine(new Bench()).setErr(new PrintWriter(errors)).execute(args);
        assertThat(status).isEqualTo(2);
        return errors.toString();
    }

    @Test
    void shouldRefuseToJudgeBarsByQuickRounds() {
        assertThat(refusalOf("--quick", "--bars")).contains("--bars", "--quick");
    }

    @Test
    void shouldRefuseToJudgeBarsByTooFewRounds() {
        assertThat(refusalOf("--bars", "--rounds", "5")).contains("--bars", "--rounds", "5", "6");
    }

    @Test
    void shouldRefuseNoRoundsAndUnknownNames() {
        assertThat(refusalOf("--rounds", "0")).contains("--rounds must be at least 1");
        assertThat(refusalOf("no-such-row")).contains("there is no no-such-row");
    }
}
