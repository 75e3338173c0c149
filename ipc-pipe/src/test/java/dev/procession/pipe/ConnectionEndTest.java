package dev.procession.pipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.ChildProcess;
import dev.procession.core.UndecodableException;
import dev.procession.testing.Background;
import dev.procession.testing.Budget;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is received and what is lost when an end closes, dies or fails. */
class ConnectionEndTest {

    @Test
    void shouldLoseNothingWhenTheTimeIsOverAsThePeerCloses() throws Exception {
        Budget budget = new Budget(300, 3_000, Duration.ofSeconds(15));
        for (int round = 0; budget.allows(round); round++) {
            try (Pipe<Integer> pipe = Pipe.open()) {
                Background<Void> sender =
                        Background.start(
                                () -> {
                                    pipe.second().send(1);
                                    pipe.second().close();
                                    return null;
                                });
                int received = 0;
                try {
                    while (true) {
                        received += pipe.first().receive(Duration.ZERO).orElse(0);
                    }
                } catch (EndOfPipeException e) {
                    assertThat(received).isEqualTo(1);
                }
                sender.get();
            }
        }
    }

    @Test
    void shouldLearnOfADeathAlsoWithoutEverWaiting() throws Exception {
        try (Pipe<Integer> pipe = Pipe.open()) {
            Connection<Integer> theirs = pipe.second();
            ChildProcess<Void> child =
                    ChildProcess.start(
                            () -> {
                                theirs.send(1);
                                theirs.receive();
                            });
            assertThat(pipe.first().receive()).isEqualTo(1);
            child.kill();
            child.join();
            long limit = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            assertThatThrownBy(
                            () -> {
                                while (System.nanoTime() < limit) {
                                    pipe.first().receive(Duration.ZERO);
                                }
                            })
                    .isInstanceOfSatisfying(
                            EndOfPipeException.class, e -> assertThat(e.died()).isTrue());
        }
    }

    @Test
    void shouldRefuseASenderSoonAfterTheReceiverWasKilled() throws Exception {
        try (Pipe<Integer> pipe = Pipe.open()) {
            Connection<Integer> theirs = pipe.second();
            ChildProcess<Void> child =
                    ChildProcess.start(
                            () -> {
                                theirs.send(1);
                                theirs.receive();
                                Thread.sleep(60_000);
                            });
            assertThat(pipe.first().receive()).isEqualTo(1);
            child.kill();
            child.join();
            assertThatThrownBy(
                            () -> {
                                for (int i = 0; i < 1_000_000; i++) {
                                    pipe.first().send(i);
                                }
                            })
                    .isInstanceOfSatisfying(
                            EndOfPipeException.class, e -> assertThat(e.died()).isTrue());
        }
    }

    @Test
    void shouldKeepTheMessageThatABufferCannotTake() throws Exception {
        try (Pipe<Object> pipe = Pipe.open()) {
            pipe.first().sendBytes(ByteBuffer.wrap(new byte[] {1}));
            ByteBuffer readOnly = ByteBuffer.allocate(9).asReadOnlyBuffer();
            assertThatThrownBy(() -> pipe.second().receiveBytes(readOnly))
                    .isInstanceOf(ReadOnlyBufferException.class);
            assertThat(pipe.second().receiveBytes()).containsExactly(1);
        }
    }

    @Test
    void shouldFailOneReceiveForAMessageThatCannotBeDecoded() throws Exception {
        try (Pipe<Object> pipe = Pipe.open()) {
            pipe.first().send(new Unreadable());
            pipe.first().send("next");
            assertThatThrownBy(() -> pipe.second().receive())
                    .isInstanceOf(UndecodableException.class);
            assertThat(pipe.second().receive()).isEqualTo("next");
        }
    }

    private static final class Unreadable implements Serializable {
        private static final long serialVersionUID = 1L;

        private void readObject(ObjectInputStream in) throws InvalidObjectException {
            throw new InvalidObjectException("on purpose");
        }
    }
}
