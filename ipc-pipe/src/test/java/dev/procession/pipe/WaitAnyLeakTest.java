package dev.procession.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.ChildProcess;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waits repeatedly for a child that is alive. */
@Timeout(60)
class WaitAnyLeakTest {

    private static final int WAITS = 50;

    @Test
    void shouldLeaveNothingOnTheChildsFutureWhenTheTimeIsOver() throws Exception {
        Pipe<String> pipe = Pipe.open();
        try (Connection<String> one = pipe.first();
                Connection<String> other = pipe.second();
                ChildProcess<Void> child = ChildProcess.start(() -> Thread.sleep(Long.MAX_VALUE))) {
            int before = dependents(child);
            for (int i = 0; i < WAITS; i++) {
                assertThat(
                                Connection.waitAny(
                                                List.of(one), List.of(child), Duration.ofMillis(1))
                                        .children())
                        .isEmpty();
            }
            assertThat(dependents(child) - before).isLessThan(WAITS / 10);

            child.kill();
            assertThat(
                            Connection.waitAny(List.of(one), List.of(child), Duration.ofSeconds(30))
                                    .children())
                    .containsExactly(child);
            other.send("x");
        }
    }

    /** Read by reflection: the public methods return copies of the future. */
    private static int dependents(ChildProcess<?> child) throws ReflectiveOperationException {
        Field field = ChildProcess.class.getDeclaredField("onExit");
        field.setAccessible(true);
        return ((CompletableFuture<?>) field.get(child)).getNumberOfDependents();
    }
}
