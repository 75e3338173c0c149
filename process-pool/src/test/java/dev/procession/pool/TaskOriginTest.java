package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.SerializableCallable;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where a task was that threw. */
@Timeout(60)
class TaskOriginTest {

    @Test
    void shouldNameWorkerProcessAndTaskOfWhatATaskThrew() throws Exception {
        try (ProcessPoolExecutor pool = TestPools.quiet(1).build()) {
            long pid = pool.submit(TestPools::pid).get();
            SerializableCallable<Integer> parse = () -> Integer.valueOf("no number");
            TaskFuture<Integer> parses =
                    pool.submit(parse, TaskOptions.builder().name("parse").build());
            assertThatThrownBy(parses::get)
                    .hasStackTraceContaining(
                            "Suppressed: java.lang.Exception: thrown in worker 0 (pid "
                                    + pid
                                    + ") by task "
                                    + parses.id()
                                    + " (parse)")
                    .cause()
                    .isExactlyInstanceOf(NumberFormatException.class)
                    .hasMessage("For input string: \"no number\"")
                    .hasNoCause();
        }
    }

    @Test
    void shouldNameWorkerAndProcessOfWhatTheFunctionOfAMapThrew() throws Exception {
        try (ProcessPoolExecutor pool = TestPools.quiet(1).build()) {
            long pid = pool.submit(TestPools::pid).get();
            assertThatThrownBy(
                            () ->
                                    pool.map(Integer::valueOf, List.of("1", "no number"))
                                            .forEach(number -> {}))
                    .hasStackTraceContaining(
                            "Suppressed: java.lang.Exception: thrown in worker 0 (pid "
                                    + pid
                                    + ") by task ")
                    .hasCauseExactlyInstanceOf(NumberFormatException.class);
        }
    }
}
