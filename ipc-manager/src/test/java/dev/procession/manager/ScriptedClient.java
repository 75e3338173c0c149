package dev.procession.manager;

import com.google.protobuf.ByteString;
import dev.procession.core.life.Session;
import dev.procession.manager.proto.Accepted;
import dev.procession.manager.proto.Cancel;
import dev.procession.manager.proto.Goodbye;
import dev.procession.manager.proto.Hello;
import dev.procession.manager.proto.Proof;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.StreamRequest;
import dev.procession.manager.proto.Welcome;
import dev.procession.manager.proto.Withdraw;
import dev.procession.manager.wire.FrameKind;
import dev.procession.manager.wire.LocalServers;
import dev.procession.manager.wire.ManagerHandshake;
import dev.procession.manager.wire.ServerAddress;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * A client of a server in this JVM whose every frame is written by a test, which thereby decides
 * when what is lost. It lives until it is closed, whatever its connections do.
 */
final class ScriptedClient implements AutoCloseable {

    private final ServerAddress address;
    private final byte[] secret;
    private final ByteString id;
    private FrameChannel frames;
    private long incarnation;
    private long session;

    ScriptedClient(Path directory, byte[] secret) throws IOException {
        this.address = new ServerAddress(directory);
        this.secret = secret;
        this.id = ByteString.copyFrom(Session.nonce(ManagerHandshake.CLIENT_BYTES));
        LocalServers.clientStarted(id);
        connect(0);
    }

    private void connect(long answers) throws IOException {
        frames = new FrameChannel(SocketChannel.open(UnixDomainSocketAddress.of(address.socket())));
        Hello hello =
                Hello.newBuilder()
                        .setMagic(ManagerHandshake.MAGIC)
                        .setVersion(ManagerHandshake.VERSION)
                        .setPid(ProcessHandle.current().pid())
                        .setClient(id)
                        .setIncarnation(incarnation)
                        .setSession(session)
                        .setAnswers(answers)
                        .setNonce(ByteString.copyFrom(new byte[ManagerHandshake.NONCE_BYTES]))
                        .build();
        frames.write(FrameKind.HELLO, hello.toByteArray());
        Welcome welcome = Welcome.parseFrom(frames.read(FrameKind.WELCOME));
        ByteString proof = ManagerHandshake.clientProof(secret, hello, welcome);
        frames.write(FrameKind.PROOF, Proof.newBuilder().setProof(proof).build().toByteArray());
        incarnation = welcome.getIncarnation();
        session = Accepted.parseFrom(frames.read(FrameKind.ACCEPTED)).getSession();
    }

    /** The session of the last connection. */
    long session() {
        return session;
    }

    /**
     * Breaks the connection, and makes another.
     *
     * @param answers how many answers the client has had
     */
    void cut(long answers) throws IOException {
        frames.close();
        connect(answers);
    }

    /**
     * Sends a request.
     *
     * @param received how many answers it confirms
     */
    void send(Request.Builder request, long received) throws IOException {
        frames.write(FrameKind.REQUEST, request.setReceived(received).build().toByteArray());
    }

    private void send(StreamRequest.Builder request) throws IOException {
        send(Request.newBuilder().setStream(request), 0);
    }

    void cancel(long seq) throws IOException {
        send(StreamRequest.newBuilder().setCancel(Cancel.newBuilder().setSeq(seq)));
    }

    void withdraw(long seq) throws IOException {
        send(StreamRequest.newBuilder().setWithdraw(Withdraw.newBuilder().setSeq(seq)));
    }

    /** Ends the session. */
    void sayGoodbye() throws IOException {
        send(StreamRequest.newBuilder().setGoodbye(Goodbye.getDefaultInstance()));
    }

    /** Reads an answer. */
    Response answer() throws IOException {
        return Response.parseFrom(frames.read(FrameKind.RESPONSE));
    }

    /** Dies: its connection ends, and its proof of life. */
    @Override
    public void close() throws IOException {
        LocalServers.clientEnded(id);
        frames.close();
    }
}
