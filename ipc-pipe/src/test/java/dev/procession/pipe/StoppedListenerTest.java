package dev.procession.pipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.link.UnixSockets;
import dev.procession.testing.Background;
import dev.procession.testing.Signal;
import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process of a listener is stopped, and its backlog is full. */
@SystemTest
@Timeout(60)
class StoppedListenerTest {

    private static final byte[] SECRET = {1, 2, 3};
    private static final long SOON_SECONDS = 5;

    /** Shorter than that of a user's call, {@link Listener#PATIENCE}. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    @TempDir private Path directory;
    private Path address;
    private TestProgram program;
    private final List<SocketChannel> backlog = new ArrayList<>();

    /** A program that listens until there is input. */
    static final class Program {

        private Program() {}

        public static void main(String[] args) throws Exception {
            Listener<String> listener = Listener.bind(Path.of(args[0]), SECRET);
            System.out.println("listens");
            System.in.read();
            listener.close();
        }
    }

    @BeforeEach
    void stopWithAFullBacklog() throws Exception {
        address = directory.resolve("listener");
        program = TestProgram.start(Program.class, address.toString());
        program.awaitLine("listens");
        Signal.STOP.sendTo(program.pid());
        assertThat(fillBacklog(address)).isPositive();
    }

    /** Fills the backlog; returns how many connections that took. */
    private int fillBacklog(Path socket) throws IOException {
        int count = 0;
        SocketChannel stranger;
        while ((stranger = UnixSockets.connectNow(socket)) != null) {
            backlog.add(stranger);
            count++;
        }
        return count;
    }

    @AfterEach
    void end() throws Exception {
        for (SocketChannel stranger : backlog) {
            stranger.close();
        }
        Signal.CONT.sendTo(program.pid());
        program.write('\n');
        assertThat(program.awaitExit()).as(program.text()).isZero();
        program.close();
    }

    private static Background<Void> connect(Path socket) {
        return Background.start(
                () -> {
                    Listener.connect(socket, SECRET).close();
                    return null;
                });
    }

    @Test
    void shouldGiveUpWhenItsPatienceIsOver() {
        Background<Void> connected =
                Background.start(
                        () -> {
                            Listener.connect(address, SECRET, PipeOptions.DEFAULT, PATIENCE)
                                    .close();
                            return null;
                        });
        assertThatThrownBy(
                        () -> connected.get(PATIENCE.toSeconds() + SOON_SECONDS, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(PipeException.class)
                .hasMessageContaining(address.toString())
                .hasMessageContaining("accepts no connection");
    }

    @Test
    void shouldGiveUpWhenInterrupted() {
        Background<Boolean> interrupted =
                Background.start(
                        () -> {
                            assertThatThrownBy(() -> Listener.connect(address, SECRET))
                                    .isInstanceOf(PipeException.class)
                                    .hasMessageContaining("interrupted");
                            return Thread.interrupted();
                        });
        interrupted.awaitBlocked();
        interrupted.thread().interrupt();
        assertThat(interrupted)
                .succeedsWithin(SOON_SECONDS, TimeUnit.SECONDS)
                .as("the flag is still set")
                .isEqualTo(true);
    }

    /**
     * Uses a bare socket: a listener that continues refuses more than 64 handshakes at the same
     * time.
     */
    @Test
    void shouldConnectWhenThereIsRoomAgain() throws Exception {
        Path socket = directory.resolve("bare");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket), 1);
            int strangers = fillBacklog(socket);
            Background<Void> connected = connect(socket).awaitBlocked();
            for (int i = 0; i < strangers; i++) {
                server.accept().close();
            }
            try (SocketChannel ours = server.accept()) {
                ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);
                assertThat(ours.read(length)).as("HELLO begins").isEqualTo(Integer.BYTES);
            }
            assertThatThrownBy(() -> connected.get(SOON_SECONDS, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(PipeException.class);
        }
    }
}
