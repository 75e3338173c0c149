package dev.procession.manager.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.procession.manager.wire.FrameKind;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Frames for which no heap has room, because no array can be as long. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NonBlockingConnectionTest {

    private static final byte FIRST_FIELD = 1 << 3;
    private static final byte NUMBER = 7;

    @TempDir private Path directory;
    private final Alarms alarms = new Alarms();
    private SocketChannel there;
    private Selector selector;
    private NonBlockingConnection connection;

    @BeforeEach
    void connect() throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
        selector = Selector.open();
        try (ServerSocketChannel listening =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listening.bind(address);
            BlockingConnection established =
                    new BlockingConnection(SocketChannel.open(address), alarms);
            there = listening.accept();
            established.opened(1, Integer.MAX_VALUE);
            connection = new NonBlockingConnection(established, selector);
        }
    }

    @AfterEach
    void disconnect() throws IOException {
        connection.close();
        there.close();
        selector.close();
        alarms.close();
    }

    private NonBlockingConnection.TooLargeException failureOf(FrameKind kind) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(64);
        frame.putLong(Integer.MAX_VALUE).put(kind.number()).put(FIRST_FIELD).put(NUMBER);
        there.write(frame.clear());

        assertEquals(true, connection.receive());
        return assertThrows(NonBlockingConnection.TooLargeException.class, connection::next);
    }

    @Test
    void shouldNameTheCallWhoseAnswerIsTooLarge() throws IOException {
        assertEquals(NUMBER, failureOf(FrameKind.RESPONSE).seq());
    }

    @Test
    void shouldNotTakeTheNumberOfAWatchForThatOfACall() throws IOException {
        assertEquals(0, failureOf(FrameKind.EVENT).seq());
    }
}
