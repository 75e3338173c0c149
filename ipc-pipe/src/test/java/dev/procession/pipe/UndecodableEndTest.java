package dev.procession.pipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.ChildProcess;
import dev.procession.core.UndecodableException;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An end of a pipe arrives in an object that cannot be decoded. */
@Timeout(60)
class UndecodableEndTest {

    /** Longer than it takes to detect a death. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Cannot be decoded. */
    private static final class Bad implements Serializable {
        private static final long serialVersionUID = 1L;

        @Serial
        private void readObject(ObjectInputStream in) throws IOException {
            throw new InvalidObjectException("bad on purpose");
        }
    }

    @Test
    void shouldEndThePipeWhenTheMessageAroundAnEndCannotBeDecoded() throws Exception {
        Pipe<String> pipe = Pipe.open();
        Pipe<Object> carrier = Pipe.open();
        try (Connection<String> stays = pipe.first();
                Connection<Object> sender = carrier.first();
                Connection<Object> receiver = carrier.second()) {
            sender.send(List.of(pipe.second(), new Bad()));
            assertThatThrownBy(receiver::receive).isInstanceOf(UndecodableException.class);

            assertThatThrownBy(() -> stays.receive(PATIENCE))
                    .isInstanceOf(EndOfPipeException.class);
            sender.send("next");
            assertThatThrownBy(() -> stays.send("x")).isInstanceOf(EndOfPipeException.class);
        }
    }

    @Test
    void shouldEndThePipeWhenAChildCannotDecodeTheMessage() throws Exception {
        Pipe<String> pipe = Pipe.open();
        Pipe<Object> carrier = Pipe.open();
        Connection<Object> childs = carrier.second();
        try (Connection<String> stays = pipe.first();
                Connection<Object> sender = carrier.first();
                ChildProcess<Void> child =
                        ChildProcess.start(
                                () -> {
                                    try {
                                        childs.receive();
                                    } catch (UndecodableException e) {
                                        Thread.sleep(Long.MAX_VALUE); // and stays alive
                                    }
                                })) {
            sender.send(List.of(pipe.second(), new Bad()));

            assertThatThrownBy(() -> stays.receive(PATIENCE))
                    .isInstanceOf(EndOfPipeException.class);
            assertThat(child.isAlive()).isTrue();
        }
    }
}
