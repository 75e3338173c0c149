package dev.procession.bench.race;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarmUpTest {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;

    private final List<Integer> amounts = new ArrayList<>();
    private long now;

    private int run(Effort effort, long leastNanos, long nanosEach) throws Exception {
        ScriptedRival rival =
                new ScriptedRival("rival", 1) {
                    @Override
                    public Figure measure(int amount) {
                        amounts.add(amount);
                        now += amount * nanosEach;
                        return Figure.of(1);
                    }
                };
        return new WarmUp(effort, leastNanos, () -> now).run(rival);
    }

    @Test
    void shouldRepeatTheWorkUntilTheTimeHasPassed() throws Exception {
        assertThat(run(new Effort(1, 10, 50), 200 * MILLI, MILLI)).isEqualTo(10);
        assertThat(amounts).containsExactly(50, 50, 50, 50);
    }

    @Test
    void shouldGiveASlowRivalLessWork() throws Exception {
        Effort effort = new Effort(1, 1_000, 64_000, 100);

        assertThat(run(effort, 2 * SECOND, MILLI)).isEqualTo(100);
        assertThat(now).isBetween(3 * SECOND, 3 * SECOND + 100 * MILLI);
    }

    @Test
    void shouldGiveAQuickRivalAllWork() throws Exception {
        Effort effort = new Effort(1, 1_000, 64_000, 100);

        assertThat(run(effort, 0, 1_000)).isEqualTo(1_000);
        assertThat(amounts.stream().mapToInt(Integer::intValue).sum()).isBetween(64_000, 65_000);
    }

    @Test
    void shouldMeasureOnePieceAtLeast() throws Exception {
        assertThat(run(new Effort(1, 10, 10, 100), 0, SECOND)).isEqualTo(1);
    }
}
