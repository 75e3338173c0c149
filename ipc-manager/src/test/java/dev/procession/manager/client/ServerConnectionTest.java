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
class ServerConnectionTest {

    private static final byte FIRST_FIELD = 1 << 3;
    private static final byte NUMBER = 7;

    @TempDir private Path directory;
    private SocketChannel there;
    private Selector selector;
    private ServerConnection connection;

    @BeforeEach
    void connect() throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
        selector = Selector.open();
        try (ServerSocketChannel listening =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listening.bind(address);
            connection = new ServerConnection(SocketChannel.open(address), selector);
            there = listening.accept();
            connection.opened(new ServerSession(1, 1), Integer.MAX_VALUE);
        }
    }

    @AfterEach
    void disconnect() throws IOException {
        connection.close();
        there.close();
        selector.close();
    }

    private ServerConnection.TooLargeException failureOf(FrameKind kind) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(64);
        frame.putLong(Integer.MAX_VALUE).put(kind.number()).put(FIRST_FIELD).put(NUMBER);
        there.write(frame.clear());

        assertEquals(true, connection.receive());
        return assertThrows(ServerConnection.TooLargeException.class, connection::next);
    }

    @Test
    void shouldReadWhatCameWithTheEndOfTheHandshake() throws IOException {
        ByteBuffer both = ByteBuffer.allocate(2 * FrameKind.HEADER_BYTES);
        both.putLong(0).put(FrameKind.ACCEPTED.number());
        both.putLong(0).put(FrameKind.RESPONSE.number()).flip();
        there.write(both);
        assertEquals(true, connection.receive());
        assertEquals(0, connection.next().remaining());
        assertEquals(FrameKind.ACCEPTED, connection.kind());

        connection.opened(new ServerSession(1, 1), Integer.MAX_VALUE);

        assertEquals(true, connection.receive());
        assertEquals(0, connection.next().remaining());
        assertEquals(FrameKind.RESPONSE, connection.kind());
        assertEquals(false, connection.receive());
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
