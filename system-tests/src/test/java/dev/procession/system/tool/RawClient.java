package dev.procession.system.tool;

import com.google.protobuf.ByteString;
import dev.procession.core.life.Membership;
import dev.procession.manager.proto.Accepted;
import dev.procession.manager.proto.Hello;
import dev.procession.manager.proto.Proof;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Welcome;
import dev.procession.manager.wire.FrameKind;
import dev.procession.manager.wire.ManagerHandshake;
import dev.procession.manager.wire.ServerAddress;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * A client of a manager's server without the library's own: it speaks the protocol, and its user
 * decides what it sends and whether it reads.
 */
public final class RawClient implements AutoCloseable {

    private final ServerAddress address;
    private final byte[] secret;
    private final Random random;
    private final ByteBuffer drain = ByteBuffer.allocateDirect(1 << 16);
    private ByteString id;
    private Membership membership;
    private SocketChannel channel;
    private Welcome welcome = Welcome.getDefaultInstance();
    private Accepted accepted = Accepted.getDefaultInstance();

    /** Connects, without a handshake. */
    public RawClient(Path directory, byte[] secret, Random random) throws IOException {
        this.address = new ServerAddress(directory);
        this.secret = secret;
        this.random = random;
        this.id = bytes(ManagerHandshake.CLIENT_BYTES);
        this.membership = Membership.claim(address.client(id));
        this.channel = connect();
    }

    ByteString bytes(int count) {
        byte[] made = new byte[count];
        random.nextBytes(made);
        return ByteString.copyFrom(made);
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(address.socket()));
    }

    /** Connects again. */
    void reconnect() throws IOException {
        channel = connect();
    }

    /** Whether this side has closed the connection. */
    boolean isClosed() {
        return !channel.isOpen();
    }

    /** Whether the server has removed the life file. */
    boolean isGone() {
        return !Files.exists(address.client(id));
    }

    /** Becomes another client. */
    void renew() throws IOException {
        membership.release();
        Files.deleteIfExists(address.client(id));
        id = bytes(ManagerHandshake.CLIENT_BYTES);
        membership = Membership.claim(address.client(id));
    }

    /** Returns a valid beginning of a handshake. */
    Hello hello(long answers) {
        return Hello.newBuilder()
                .setMagic(ManagerHandshake.MAGIC)
                .setVersion(ManagerHandshake.VERSION)
                .setPid(1)
                .setClient(id)
                .setIncarnation(welcome.getIncarnation())
                .setSession(accepted.getSession())
                .setAnswers(answers)
                .setNonce(bytes(ManagerHandshake.NONCE_BYTES))
                .build();
    }

    /** Performs a valid handshake, so that the server reads the requests. */
    public void performHandshake(long answers) throws IOException {
        Hello hello = hello(answers);
        write(frame(FrameKind.HELLO, hello.toByteArray()));
        welcome = Welcome.parseFrom(read());
        ByteString proof = ManagerHandshake.clientProof(secret, hello, welcome);
        write(frame(FrameKind.PROOF, Proof.newBuilder().setProof(proof).build().toByteArray()));
        accepted = Accepted.parseFrom(read());
    }

    /** How many bytes a request may have. */
    public int maxFrameBytes() {
        return (int) welcome.getMaxFrameBytes();
    }

    /** Reads one frame; returns its payload. */
    public ByteBuffer read() throws IOException {
        ByteBuffer header = ByteBuffer.allocate(FrameKind.HEADER_BYTES);
        fill(header);
        ByteBuffer payload = ByteBuffer.allocate((int) header.flip().getLong());
        fill(payload);
        return payload.flip();
    }

    /** Reads one answer. */
    public Response answer() throws IOException {
        return Response.parseFrom(read());
    }

    private void fill(ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (channel.read(into) < 0) {
                throw new IOException("closed");
            }
        }
    }

    /** Returns a frame. */
    public static byte[] frame(FrameKind kind, byte[] payload) {
        return ByteBuffer.allocate(FrameKind.HEADER_BYTES + payload.length)
                .putLong(payload.length)
                .put(kind.number())
                .put(payload)
                .array();
    }

    /** Sends a request, and blocks until the socket has taken it. */
    public void send(Request request) throws IOException {
        write(frame(FrameKind.REQUEST, request.toByteArray()));
    }

    /** Sends bytes, and blocks until the socket has taken them. */
    public void write(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        channel.configureBlocking(true);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** Drops what the server has sent; returns whether the connection still stands. */
    boolean drain() throws IOException {
        channel.configureBlocking(false);
        int count;
        do {
            count = channel.read(drain.clear());
        } while (count > 0);
        if (count == 0) {
            channel.configureBlocking(true);
        }
        return count == 0;
    }

    /** Breaks the connection. */
    public void cut() throws IOException {
        channel.close();
    }

    @Override
    public void close() throws IOException {
        channel.close();
        membership.release();
        Files.deleteIfExists(address.client(id));
    }
}
