package dev.procession.pipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.ChildProcess;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ends whose receiver never attaches, and ends inside the result of a child. */
class LostEndTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    /** Halts the process that decodes it, before the next object is decoded. */
    static final class Halting implements Serializable {
        private static final long serialVersionUID = 1L;

        private void readObject(ObjectInputStream in) {
            Runtime.getRuntime().halt(9);
        }
    }

    /** Cannot be decoded. */
    static final class Refusing implements Serializable {
        private static final long serialVersionUID = 1L;

        private void readObject(ObjectInputStream in) throws InvalidObjectException {
            throw new InvalidObjectException("on purpose");
        }
    }

    @Test
    void shouldLearnOfTheDeathOfAChildThatNeverAttached() throws Exception {
        try (Pipe<String> pipe = Pipe.open()) {
            List<Object> captured = List.of(new Halting(), pipe.second());
            ChildProcess<Integer> child = ChildProcess.start(captured::size);
            requireDeath(pipe.first());
            child.join();
        }
    }

    @Test
    void shouldLearnOfTheEndOfAChildThatCouldNotDecodeItsBody() throws Exception {
        try (Pipe<String> pipe = Pipe.open()) {
            List<Object> captured = List.of(new Refusing(), pipe.second());
            ChildProcess<Integer> child = ChildProcess.start(captured::size);
            requireDeath(pipe.first());
            child.join();
        }
    }

    @Test
    void shouldKeepTheEndsOfABodyWhoseProcessCannotStart(@TempDir Path directory) throws Exception {
        try (Pipe<String> pipe = Pipe.open()) {
            Connection<String> theirs = pipe.second();
            Path absent = directory.resolve("absent");
            ChildProcess.Builder builder = ChildProcess.builder().directory(absent);
            assertThatThrownBy(() -> builder.start(() -> theirs.send("never")))
                    .isInstanceOf(RuntimeException.class);
            theirs.send("still here");
            assertThat(pipe.first().receive()).isEqualTo("still here");
        }
    }

    @Test
    void shouldReturnAnEndFromAChildThatExitsAtOnce() throws Exception {
        ChildProcess<List<Connection<String>>> child =
                ChildProcess.start(
                        () -> {
                            Pipe<String> made = Pipe.open();
                            made.second().send("hermione");
                            return List.of(made.first(), made.second());
                        });
        List<Connection<String>> ends = child.result();
        child.join();
        assertThat(ends.get(0).receive()).isEqualTo("hermione");
        ends.get(0).send("ron");
        assertThat(ends.get(1).receive()).isEqualTo("ron");
        ends.get(0).close();
        assertThatThrownBy(ends.get(1)::receive)
                .isInstanceOfSatisfying(
                        EndOfPipeException.class, e -> assertThat(e.died()).isFalse());
        ends.get(1).close();
    }

    @Test
    void shouldLearnOfTheDeathOfAChildThatDidNotReceiveAnEnd() throws Exception {
        try (Pipe<Connection<String>> carrier = Pipe.open();
                Pipe<Boolean> answers = Pipe.open();
                Pipe<String> pipe = Pipe.open()) {
            Connection<Connection<String>> theirs = carrier.second();
            Connection<Boolean> answer = answers.second();
            ChildProcess<Void> child =
                    ChildProcess.start(
                            () -> {
                                answer.send(theirs.poll(LONG)); // never receives
                                Thread.sleep(Long.MAX_VALUE);
                            });
            carrier.first().send(pipe.second());
            assertThat(answers.first().receive()).as("the end has come").isTrue();
            assertThat(pipe.first().poll(Duration.ofSeconds(1))).isFalse();
            child.kill();
            requireDeath(pipe.first());
            child.join();
        }
    }

    @Test
    void shouldGiveUpAnEndInAMessageThatAClosedCarrierHeld() throws Exception {
        try (Pipe<Connection<String>> carrier = Pipe.open();
                Pipe<String> pipe = Pipe.open()) {
            carrier.first().send(pipe.second());
            carrier.second().close();
            requireDeath(pipe.first());
        }
    }

    private static void requireDeath(Connection<String> end) throws InterruptedException {
        assertThat(end.poll(LONG)).isTrue();
        assertThatThrownBy(end::receive)
                .isInstanceOfSatisfying(
                        EndOfPipeException.class, e -> assertThat(e.died()).isTrue());
    }
}
