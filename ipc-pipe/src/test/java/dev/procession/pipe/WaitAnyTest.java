package dev.procession.pipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.ChildProcess;
import dev.procession.testing.Background;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WaitAnyTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final Pipe<String> one = Pipe.open();
    private final Pipe<String> other = Pipe.open();
    private final List<Connection<String>> ends = List.of(one.first(), other.first());

    @AfterEach
    void close() {
        one.close();
        other.close();
    }

    @Test
    void shouldGiveThoseThatAreReady() throws Exception {
        assertThat(Connection.waitAny(ends, Duration.ofMillis(10))).isEmpty();
        other.second().send("here");
        assertThat(Connection.waitAny(ends, LONG)).isEqualTo(Set.of(other.first()));
        one.second().close();
        assertThat(Connection.waitAny(ends, LONG)).isEqualTo(Set.copyOf(ends));
        assertThat(other.first().receive()).isEqualTo("here");
        assertThat(Connection.waitAny(ends, Duration.ZERO)).isEqualTo(Set.of(one.first()));
    }

    @Test
    void shouldWakeForAMessageOfAChildAndForItsEnd() throws Exception {
        Connection<String> theirs = other.second();
        ChildProcess<String> child =
                ChildProcess.start(
                        () -> {
                            theirs.send("hermione");
                            return theirs.receive();
                        });
        assertThat(Connection.waitAny(ends, List.of(child), LONG))
                .isEqualTo(new Awaited(Set.of(other.first()), Set.of()));
        assertThat(other.first().receive()).isEqualTo("hermione");
        other.first().send("go");
        assertThat(Connection.waitAny(List.of(one.first()), List.of(child), LONG))
                .isEqualTo(new Awaited(Set.of(), Set.of(child)));
    }

    @Test
    void shouldEndWithAnInterrupt() throws Exception {
        Background<Set<Connection<?>>> waiting =
                Background.start(() -> Connection.waitAny(ends, LONG));
        waiting.awaitBlocked().thread().interrupt();
        assertThatThrownBy(waiting::get).hasCauseInstanceOf(InterruptedException.class);
    }

    @Test
    void shouldRefuseAnEndThatIsNotHere() {
        one.first().close();
        assertThatThrownBy(() -> Connection.waitAny(ends, LONG)).isInstanceOf(PipeException.class);
    }
}
