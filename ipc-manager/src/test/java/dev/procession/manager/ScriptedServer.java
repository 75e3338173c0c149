package dev.procession.manager;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Accepted;
import dev.procession.manager.proto.Hello;
import dev.procession.manager.proto.Proof;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import dev.procession.manager.proto.StreamRequest;
import dev.procession.manager.proto.Welcome;
import dev.procession.manager.proxy.ManagerHandle;
import dev.procession.manager.proxy.RemoteManager;
import dev.procession.manager.wire.FrameKind;
import dev.procession.manager.wire.LocalServers;
import dev.procession.manager.wire.ManagerHandshake;
import dev.procession.manager.wire.ServerAddress;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A server whose every frame is written by a test, which thereby decides when what is lost. */
final class ScriptedServer implements AutoCloseable {

    static final byte[] SECRET = {1, 2, 3};

    private static final int MAX_BYTES = 1 << 20;

    private final ServerAddress address;
    private final ServerSocketChannel listening;
    private final List<SocketChannel> accepted = new ArrayList<>();

    ScriptedServer(Path directory) throws IOException {
        address = new ServerAddress(Files.createDirectories(directory));
        listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listening.bind(UnixDomainSocketAddress.of(address.socket()));
        LocalServers.serverStarted(address); // so the clients take it for alive
    }

    /** Returns a manager that connects with its first call. */
    RemoteManager manager() {
        return manager(address);
    }

    /** Returns a manager of an address where a server may be later. */
    static RemoteManager manager(ServerAddress address) {
        ManagerHandle handle = new ManagerHandle(address.directory().toString(), SECRET, null);
        return new RemoteManager(handle, SECRET, null);
    }

    /** Accepts a connection, and reads who wants to continue what. */
    Connection accept() throws IOException {
        SocketChannel channel = listening.accept();
        accepted.add(channel);
        return new Connection(channel);
    }

    /** Accepts a connection that continues or begins a session. */
    Connection accept(long incarnation, long session) throws IOException {
        Connection connection = accept();
        connection.welcome(incarnation, session);
        return connection;
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (SocketChannel each : accepted) {
            each.close();
        }
        LocalServers.serverEnded(address);
    }

    /** One connection of a client. */
    static final class Connection {
        private final FrameChannel frames;
        private final Hello hello;

        private Connection(SocketChannel channel) throws IOException {
            this.frames = new FrameChannel(channel);
            this.hello = Hello.parseFrom(frames.read(FrameKind.HELLO));
        }

        private void welcome(long incarnation, long session) throws IOException {
            Welcome.Builder welcome =
                    Welcome.newBuilder()
                            .setVersion(ManagerHandshake.VERSION)
                            .setIncarnation(incarnation)
                            .setNonce(ByteString.copyFrom(new byte[ManagerHandshake.NONCE_BYTES]))
                            .setMaxFrameBytes(MAX_BYTES);
            welcome.setProof(ManagerHandshake.serverProof(SECRET, hello, welcome));
            frames.write(FrameKind.WELCOME, welcome.build().toByteArray());
            Proof unused = Proof.parseFrom(frames.read(FrameKind.PROOF));
            frames.write(
                    FrameKind.ACCEPTED,
                    Accepted.newBuilder().setSession(session).build().toByteArray());
        }

        /** The session that the client wanted to continue. */
        long session() {
            return hello.getSession();
        }

        /** How many answers of that session the client has had. */
        long answers() {
            return hello.getAnswers();
        }

        /** Refuses the client, as a server with too many connections does. */
        void refuse() throws IOException {
            frames.write(FrameKind.REFUSED, "for a test".getBytes(StandardCharsets.UTF_8));
            close();
        }

        /**
         * Reads a request. A mere confirmation is passed over: an idle client repeats one that a
         * cut may have lost.
         */
        Request read() throws IOException {
            Request request;
            do {
                request = Request.parseFrom(frames.read(FrameKind.REQUEST));
            } while (request.getStream().hasOnlyReceived());
            return request;
        }

        /** Reads a request as its number, or as what it says of another one. */
        String readShort() throws IOException {
            Request request = read();
            StreamRequest stream = request.getStream();
            return switch (stream.getBodyCase()) {
                case CANCEL -> "cancel " + stream.getCancel().getSeq();
                case WITHDRAW -> "withdraw " + stream.getWithdraw().getSeq();
                case ONLY_RECEIVED -> throw new AssertionError("passed over");
                case GOODBYE -> "goodbye";
                case BODY_NOT_SET -> String.valueOf(request.getSeq());
            };
        }

        void answer(long seq, Status status) throws IOException {
            answer(Response.newBuilder().setSeq(seq).setStatus(status).build());
        }

        void answer(Response response) throws IOException {
            frames.write(FrameKind.RESPONSE, response.toByteArray());
        }

        /** Sends what need not be a message. */
        void answerWith(byte[] payload) throws IOException {
            frames.write(FrameKind.RESPONSE, payload);
        }

        void close() throws IOException {
            frames.close();
        }
    }
}
