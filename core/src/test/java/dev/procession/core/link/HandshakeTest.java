package dev.procession.core.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.life.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Strangers connect to this process's listening socket. Whatever they send, a member is served
 * afterwards.
 */
class HandshakeTest {

    private static final long NO_LANE = -1;

    private static Session session;
    private static SocketAddress address;

    @BeforeAll
    static void listen() throws IOException {
        LinkServer server = LinkServer.current();
        session = server.session();
        address = UnixDomainSocketAddress.of(session.socket(session.self()));
    }

    private static void requireServing() throws IOException {
        Links.connect(session, session.self(), Hello.Purpose.BELL, NO_LANE, 0).close();
    }

    private static Hello hello() throws IOException {
        return new Hello(1, 1, Hello.Purpose.BELL, NO_LANE, 0, Session.nonce(Hello.NONCE_BYTES));
    }

    /** Sends bytes and returns the frame that comes back; null when the link ends instead. */
    private static Frame send(byte[] bytes) throws IOException {
        try (SocketChannel channel = SocketChannel.open(address)) {
            channel.write(ByteBuffer.wrap(bytes));
            return new FrameReader().read(channel);
        }
    }

    private static byte[] bytes(Frame frame) {
        ByteBuffer buffer = frame.toBuffer();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    @Test
    void shouldRefuseAWrongProof() throws IOException {
        try (SocketChannel channel = SocketChannel.open(address)) {
            channel.write(new Frame(FrameType.HELLO, hello().toBytes()).toBuffer());
            FrameReader reader = new FrameReader();
            Frame welcome = reader.read(channel);
            assertThat(welcome).isNotNull();
            assertThat(welcome.type()).isEqualTo(FrameType.WELCOME);
            channel.write(new Frame(FrameType.PROOF, new byte[32]).toBuffer());
            assertThat(reader.read(channel)).isNull();
            assertThat(reader.hasEnded()).isTrue();
        }
        requireServing();
    }

    @Test
    void shouldNotWarnOfAPeerThatEndsDuringItsHandshake() throws IOException {
        List<LogRecord> records = new CopyOnWriteArrayList<>();
        Logger logger = Logger.getLogger(LinkServer.class.getName());
        Handler handler = collector(records);
        logger.addHandler(handler);
        try {
            for (int i = 0; i < 50; i++) {
                try (SocketChannel channel = SocketChannel.open(address)) {
                    channel.write(new Frame(FrameType.HELLO, hello().toBytes()).toBuffer());
                }
            }
            requireServing(); // after them in the backlog
            assertThat(records).extracting(LogRecord::getParameters).isEmpty();
            byte[] ofAnotherVersion = hello().toBytes();
            ByteBuffer.wrap(ofAnotherVersion).putInt(8, 99);
            send(bytes(new Frame(FrameType.HELLO, ofAnotherVersion)));
            requireServing();
            assertThat(records).as("the warning about another version").isNotEmpty();
        } finally {
            logger.removeHandler(handler);
        }
    }

    private static Handler collector(List<LogRecord> records) {
        return new Handler() {
            @Override
            public void publish(LogRecord message) {
                if (message.getLevel().intValue() >= Level.WARNING.intValue()) {
                    records.add(message);
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }

    @Test
    void shouldRefuseItsOwnProofFromTheOtherSide() throws IOException {
        try (SocketChannel channel = SocketChannel.open(address)) {
            channel.write(new Frame(FrameType.HELLO, hello().toBytes()).toBuffer());
            FrameReader reader = new FrameReader();
            Frame welcome = reader.read(channel);
            assertThat(welcome).isNotNull();
            byte[] payload = welcome.payload();
            byte[] echoed = Arrays.copyOfRange(payload, Hello.BYTES, payload.length);
            channel.write(new Frame(FrameType.PROOF, echoed).toBuffer());
            assertThat(reader.read(channel)).isNull();
        }
        requireServing();
    }

    @Test
    void shouldBindAProofToItsChallenges() throws IOException {
        Hello theirs = hello();
        Hello ours = hello();
        byte[] welcome = Handshake.welcome(session, theirs.toBytes(), ours).payload();
        byte[] proof = Arrays.copyOfRange(welcome, Hello.BYTES, welcome.length);
        assertThat(Handshake.accepts(session, theirs.toBytes(), ours, proof)).isFalse();
        assertThat(Handshake.accepts(session, theirs.toBytes(), ours, new byte[0])).isFalse();
        assertThat(Handshake.welcome(session, hello().toBytes(), ours).payload())
                .isNotEqualTo(welcome);
    }

    @Test
    void shouldNameTheVersionsWhenAnotherVersionIsRefused() throws IOException {
        byte[] hello = hello().toBytes();
        ByteBuffer.wrap(hello).putInt(8, 99);
        Frame answer = send(bytes(new Frame(FrameType.HELLO, hello)));
        assertThat(answer).isNotNull();
        assertThat(answer.type()).isEqualTo(FrameType.REFUSED);
        assertThat(answer.payload()).asString().contains("ours=1", "theirs=99");
        requireServing();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HELLO")
    void shouldNotTakeAnotherFrameForAHello(FrameType type) throws IOException {
        Frame answer = send(bytes(new Frame(type, new byte[Math.min(5, type.maxBytes())])));
        assertThat(answer).isNotNull();
        assertThat(answer.type()).isEqualTo(FrameType.REFUSED);
        requireServing();
    }

    @Test
    void shouldServeOnAfterGarbage() throws IOException {
        Random random = new Random(5);
        for (int i = 0; i < 50; i++) {
            byte[] garbage = new byte[9 + random.nextInt(500)];
            random.nextBytes(garbage);
            try {
                send(garbage);
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("reset"); // closed with bytes unread
            }
        }
        requireServing();
    }

    @Test
    void shouldServeOnAfterAHelloThatEndsAnywhere() throws IOException {
        byte[] whole = bytes(new Frame(FrameType.HELLO, hello().toBytes()));
        for (int length = 0; length < whole.length; length++) {
            try (SocketChannel channel = SocketChannel.open(address)) {
                channel.write(ByteBuffer.wrap(whole, 0, length));
            }
        }
        requireServing();
    }

    @Test
    void shouldServeOthersWhileOneConnectionIsSilent() throws IOException {
        try (SocketChannel silent = SocketChannel.open(address)) {
            requireServing();
            assertThat(silent.isConnected()).isTrue();
        }
    }

    @Test
    void shouldRefuseALinkForAnUnexpectedChild() throws IOException {
        try (SocketChannel channel =
                Links.connect(session, session.self(), Hello.Purpose.CONTROL, 4711, 0)) {
            FrameReader reader = new FrameReader();
            assertThat(reader.read(channel)).isNull();
            assertThat(reader.hasEnded()).isTrue();
        }
        requireServing();
    }

    @Test
    void shouldNameTheSecretWhenTheAcceptingSideDoesNotKnowIt() throws Exception {
        Path path = session.home().resolve("s999");
        try (ServerSocketChannel impostor = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            impostor.bind(UnixDomainSocketAddress.of(path));
            Thread thread =
                    new Thread(
                            () -> {
                                try (SocketChannel victim = impostor.accept()) {
                                    new FrameReader().read(victim);
                                    byte[] welcome =
                                            Arrays.copyOf(hello().toBytes(), Hello.BYTES + 32);
                                    victim.write(new Frame(FrameType.WELCOME, welcome).toBuffer());
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
            thread.start();
            assertThatThrownBy(() -> Links.connect(session, 999, Hello.Purpose.BELL, NO_LANE, 0))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("secret");
            thread.join();
        } finally {
            Files.deleteIfExists(path);
        }
    }
}
