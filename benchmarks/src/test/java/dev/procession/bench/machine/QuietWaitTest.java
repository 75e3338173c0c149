package dev.procession.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QuietWaitTest {

    private static final int PROCESSORS = 2;
    private static final CpuTimes NOTHING = new CpuTimes(Map.of());

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private long now;
    private long busy;
    private double foreign;
    private Duration quietAfter = Duration.ofDays(1);
    private final QuietWait quietWait =
            new QuietWait(
                    new PrintStream(output, true, StandardCharsets.UTF_8),
                    QuietWait.MOST_WAITING,
                    () -> new LoadReading(now * PROCESSORS, busy, 0, NOTHING),
                    this::pass);

    private void pass(Duration time) {
        now += time.toNanos();
        busy += Math.round(time.toNanos() * PROCESSORS * foreign);
        if (now >= quietAfter.toNanos()) {
            foreign = 0;
        }
    }

    private String printed() {
        return output.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldNotWaitOnAQuietMachine() throws Exception {
        foreign = 0.05;
        quietWait.beginComparison();

        assertThat(quietWait.waited()).isZero();
        assertThat(printed()).isEmpty();
    }

    @Test
    void shouldWaitUntilTheMachineIsQuietAndReportItOnce() throws Exception {
        foreign = 0.4;
        quietAfter = Duration.ofSeconds(6);
        quietWait.beginComparison();

        assertThat(quietWait.waited()).isEqualTo(Duration.ofSeconds(6));
        assertThat(printed()).contains("others take 40 % of it").hasLineCount(1);
    }

    @Test
    void shouldWaitForABoundedTimeInAllOfAComparison() throws Exception {
        foreign = 0.4;
        quietWait.beginComparison();
        for (int round = 0; round < 5; round++) {
            quietWait.beginRound();
            pass(Duration.ofSeconds(1));
            assertThat(quietWait.endRound()).isCloseTo(0.4, within(1e-6));
        }

        assertThat(quietWait.waited()).isEqualTo(QuietWait.MOST_WAITING);
        assertThat(printed()).contains("measuring all the same").hasLineCount(2);
    }

    @Test
    void shouldWaitAfterADisturbedRound() throws Exception {
        quietWait.beginComparison();
        quietWait.beginRound();
        foreign = 0.3;
        quietAfter = Duration.ofSeconds(3);
        pass(Duration.ofSeconds(2));

        assertThat(quietWait.endRound()).isCloseTo(0.3, within(1e-6));
        assertThat(quietWait.waited()).isBetween(Duration.ofMillis(300), Duration.ofSeconds(1));
    }

    @Test
    void shouldBeginEachComparisonWithTheWholeBound() throws Exception {
        foreign = 0.4;
        quietWait.beginComparison();
        foreign = 0;
        quietWait.beginComparison();

        assertThat(quietWait.waited()).isZero();
    }
}
