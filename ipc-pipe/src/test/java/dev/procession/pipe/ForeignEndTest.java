package dev.procession.pipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.UndecodableException;
import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An end of a pipe is sent to an unrelated program. */
@SystemTest
@Timeout(60)
class ForeignEndTest {

    private static final byte[] SECRET = {1, 2, 3};

    @TempDir Path directory;

    /** Connects, and receives an end that it must refuse. */
    static final class Foreigner {

        private Foreigner() {}

        public static void main(String[] args) throws Exception {
            try (Connection<Object> connection = Listener.connect(Path.of(args[0]), SECRET)) {
                try {
                    System.out.println("received: " + connection.receive());
                } catch (UndecodableException e) {
                    Throwable cause = e;
                    while (cause.getCause() != null) {
                        cause = cause.getCause();
                    }
                    System.out.println("received: " + cause.getMessage());
                }
                System.in.read(); // keeps running until there is input
            }
        }
    }

    @Test
    void shouldRefuseTheEndAndEndThePipe() throws Exception {
        Path address = directory.resolve("listener");
        Pipe<String> pipe = Pipe.open();
        try (Listener<Object> listener = Listener.bind(address, SECRET);
                TestProgram foreigner = TestProgram.start(Foreigner.class, address.toString());
                Connection<Object> connection = listener.accept();
                Connection<String> stays = pipe.first()) {
            connection.send(pipe.second());

            assertThat(foreigner.awaitLine("received: "))
                    .contains("belongs to the processes of one program")
                    .contains("Listener.connect");
            assertThatThrownBy(() -> stays.receive(Duration.ofSeconds(20)))
                    .isInstanceOf(EndOfPipeException.class);
            foreigner.write('\n');
            assertThat(foreigner.awaitExit()).as(foreigner.text()).isZero();
        } finally {
            pipe.close();
        }
    }
}
