package dev.procession.manager.stream;

import com.google.protobuf.ByteString;
import dev.procession.core.life.Session;
import dev.procession.core.link.ProtocolException;
import dev.procession.core.log.Log;
import dev.procession.manager.proto.Accepted;
import dev.procession.manager.proto.Hello;
import dev.procession.manager.proto.Proof;
import dev.procession.manager.proto.Welcome;
import dev.procession.manager.wire.FrameKind;
import dev.procession.manager.wire.ManagerHandshake;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Checks a new connection: by the kernel, its peer must be of this process's user; and the peer
 * must answer a challenge with the secret, within a time and a number of bytes. Then a {@link
 * ConnectionHandler} takes its place.
 */
public final class HandshakeHandler extends ChannelInboundHandlerAdapter {

    private static final Log LOG = Log.of(HandshakeHandler.class);

    private static final String FRAMES = "frames";
    private static final long HANDSHAKE_SECONDS = 10;

    private final HandshakeContext server;
    private @Nullable Hello hello;
    private Welcome welcome = Welcome.getDefaultInstance();
    private @Nullable ScheduledFuture<?> handshakeLimit;
    private boolean refused;

    private HandshakeHandler(HandshakeContext server) {
        this.server = server;
    }

    public static void install(HandshakeContext server, Channel channel) {
        server.stats().connections(1);
        channel.closeFuture().addListener(closed -> server.stats().connections(-1));
        channel.pipeline().addLast(FRAMES, frames());
        channel.pipeline().addLast(new HandshakeHandler(server));
    }

    /** Cuts the stream into frames of kind and payload; a longer frame is an exception. */
    private static LengthFieldBasedFrameDecoder frames() {
        return new LengthFieldBasedFrameDecoder(
                FrameKind.MAX_HANDSHAKE_BYTES + FrameKind.HEADER_BYTES,
                0,
                FrameKind.LENGTH_BYTES,
                1,
                FrameKind.LENGTH_BYTES);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws IOException {
        if (!Peers.isOurUser(context.channel())) {
            refuse(context, "it serves another user");
            return;
        }
        if (server.handshakes().size() >= ServerBounds.MAX_HANDSHAKES) {
            // The one that has had the longest time: a client that waits needs a moment only.
            refuse(
                    server.handshakes().iterator().next(),
                    "too many connections have not finished their handshake: limit="
                            + ServerBounds.MAX_HANDSHAKES);
        }
        server.handshakes().add(context);
        handshakeLimit =
                context.executor()
                        .schedule(
                                () -> refuse(context, "the handshake took too long"),
                                HANDSHAKE_SECONDS,
                                TimeUnit.SECONDS);
        context.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ended(context);
    }

    /** The handshake is over, in whatever way. */
    private void ended(ChannelHandlerContext context) {
        server.handshakes().remove(context);
        ScheduledFuture<?> limit = handshakeLimit;
        if (limit != null) {
            limit.cancel(false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws IOException {
        ByteBuf frame = (ByteBuf) message;
        try {
            if (refused || !context.channel().isActive()) {
                return;
            }
            FrameKind kind = FrameKind.of(frame.readByte());
            Hello known = hello;
            if (kind == FrameKind.HELLO && known == null) {
                welcome(context, Hello.parseFrom(frame.nioBuffer()));
            } else if (kind == FrameKind.PROOF && known != null) {
                check(context, known, Proof.parseFrom(frame.nioBuffer()));
            } else {
                throw new ProtocolException("unexpected in the handshake: kind=" + kind);
            }
        } catch (OutOfMemoryError e) { // maybe in the middle of a change
            server.failure().ranOutOfMemory(e);
        } finally {
            frame.release();
        }
    }

    private void welcome(ChannelHandlerContext context, Hello theirs) throws IOException {
        ManagerHandshake.check(theirs);
        hello = theirs;
        Welcome.Builder answer =
                Welcome.newBuilder()
                        .setVersion(ManagerHandshake.VERSION)
                        .setPid(ProcessHandle.current().pid())
                        .setIncarnation(server.incarnation())
                        .setNonce(ByteString.copyFrom(Session.nonce(ManagerHandshake.NONCE_BYTES)))
                        .setMaxFrameBytes(server.bounds().maxFrameBytes());
        welcome =
                answer.setProof(ManagerHandshake.serverProof(server.secret(), theirs, answer))
                        .build();
        Channel channel = context.channel();
        server.writer().write(channel, FrameKind.WELCOME, welcome, channel.voidPromise());
    }

    private void check(ChannelHandlerContext context, Hello known, Proof proof) throws IOException {
        ByteString expected = ManagerHandshake.clientProof(server.secret(), known, welcome);
        if (!ManagerHandshake.matches(proof.getProof(), expected)) {
            throw new ProtocolException("the client does not know the secret");
        }
        if (!server.clients().hasRoomFor(known.getClient())) {
            refuse(context, "it has too many clients: limit=" + server.bounds().maxClients());
            return;
        }
        Client client = server.clients().of(known.getClient(), known.getPid());
        if (client.isDead()) {
            server.clients().end(client);
            throw new ProtocolException("the client has no proof of life: pid=" + known.getPid());
        }
        ended(context);
        boolean sameSession =
                known.getIncarnation() == server.incarnation()
                        && known.getSession() == client.session();
        // From here on its handler learns of every end, also by a failure of the next lines.
        context.pipeline().replace(this, "requests", new ConnectionHandler(client, server));
        server.writer()
                .write(
                        context.channel(),
                        FrameKind.ACCEPTED,
                        Accepted.newBuilder().setSession(client.session()).build(),
                        context.channel().voidPromise());
        client.stream().connected(context.channel(), sameSession ? known.getAnswers() : 0);
        context.pipeline()
                .replace(
                        FRAMES,
                        FRAMES,
                        new RequestFrames(server.large(), server.bounds().maxFrameBytes()));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        server.writer().flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (ConnectionHandler.isBroken(cause)) {
            ChannelFuture unused = context.close(); // the client closed it, or was interrupted
            return;
        }
        if (!ConnectionHandler.isOfPeer(cause) && !(cause instanceof OutOfMemoryError)) {
            server.stats().failure();
        }
        refuse(context, ConnectionHandler.reason(cause));
    }

    private static void refuse(ChannelHandlerContext context, String reason) {
        ((HandshakeHandler) context.handler()).end(context, reason);
    }

    private void end(ChannelHandlerContext context, String reason) {
        ended(context);
        if (refused) {
            return;
        }
        refused = true;
        LOG.report(Level.WARNING, "a connection was refused: " + reason, null);
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        ByteBuf frame = Unpooled.buffer(FrameKind.HEADER_BYTES + text.length);
        frame.writeLong(text.length).writeByte(FrameKind.REFUSED.number()).writeBytes(text);
        context.channel().config().setAutoRead(false);
        context.writeAndFlush(frame).addListener(ChannelFutureListener.CLOSE);
    }
}
