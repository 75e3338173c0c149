package dev.procession.pipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.Codec;
import dev.procession.core.SerializableCallable;
import dev.procession.core.transfer.Transfers;
import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Failures while an end moves: whatever fails, the end still has a holder. */
class ConnectionMoveTest {

    private final Pipe<Object> pipe = Pipe.open();
    private final Pipe<Object> carrier = Pipe.open();

    @AfterEach
    void close() {
        pipe.close();
        carrier.close();
    }

    @Test
    void shouldRefuseToSendAnEndThroughItself() throws Exception {
        assertThatThrownBy(() -> pipe.first().send(pipe.first()))
                .hasStackTraceContaining("through itself");
        requireWorks(pipe);
    }

    @Test
    void shouldStayWhenTheCarrierHasEnded() throws Exception {
        carrier.second().close();
        assertThatThrownBy(() -> carrier.first().send(pipe.second()))
                .isInstanceOf(EndOfPipeException.class);
        requireWorks(pipe);
    }

    @Test
    void shouldStayWhenTheSenderIsInterrupted() throws Exception {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> carrier.first().send(pipe.second()))
                .isInstanceOf(InterruptedException.class);
        requireWorks(pipe);
    }

    @Test
    void shouldStayWhenSerialisedOutsideAMessage() throws Exception {
        try (ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream())) {
            assertThatThrownBy(() -> out.writeObject(pipe.second()))
                    .hasStackTraceContaining("can only move inside");
        }
        requireWorks(pipe);
    }

    @Test
    void shouldArriveOnceWhenItIsTwiceInAMessage() throws Exception {
        carrier.first().send(List.of(pipe.second(), pipe.second()));
        List<?> arrived = (List<?>) carrier.second().receive();
        assertThat(arrived.get(0)).isSameAs(arrived.get(1));
        @SuppressWarnings("unchecked")
        Connection<Object> end = (Connection<Object>) arrived.get(0);
        requireWorks(pipe.first(), end);
        end.close();
    }

    @Test
    void shouldArriveOnceWhenALambdaCapturedItTwice() throws Exception {
        Connection<Object> end = pipe.second();
        List<Connection<Object>> again = List.of(end);
        SerializableCallable<Boolean> task =
                () -> {
                    end.close();
                    return again.get(0) == end;
                };
        carrier.first().send(task);
        assertThat(((SerializableCallable<?>) carrier.second().receive()).call()).isEqualTo(true);
    }

    @Test
    void shouldNotHarmTheHolderWhenItsHandleIsDecodedAgain() throws Exception {
        byte[] bytes = Transfers.encode(Codec.standard(), pipe.second());
        @SuppressWarnings("unchecked")
        Connection<Object> end =
                (Connection<Object>) Codec.standard().decode(ByteBuffer.wrap(bytes));
        assertThatThrownBy(() -> Codec.standard().decode(ByteBuffer.wrap(bytes)))
                .hasStackTraceContaining("another holder");
        for (int i = 0; i < 100; i++) {
            requireWorks(pipe.first(), end);
        }
        end.close();
    }

    private static void requireWorks(Pipe<Object> pipe) throws InterruptedException {
        requireWorks(pipe.first(), pipe.second());
    }

    private static void requireWorks(Connection<Object> one, Connection<Object> other)
            throws InterruptedException {
        one.send("there");
        assertThat(other.receive()).isEqualTo("there");
        other.send("back");
        assertThat(one.receive()).isEqualTo("back");
    }
}
