package dev.procession.manager.stream;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.procession.core.link.ProtocolException;
import dev.procession.core.log.Log;
import dev.procession.manager.proto.Request;
import dev.procession.manager.wire.FrameKind;
import dev.procession.manager.wire.Requests;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Arrays;

/**
 * Handles one connection of a request stream. While its client does not read its answers, its
 * further requests wait. A malformed frame ends this connection and nothing else.
 */
final class ConnectionHandler extends ChannelInboundHandlerAdapter {

    private static final Log LOG = Log.of(ConnectionHandler.class);

    private final HandshakeContext server;
    private final RequestStream stream;

    ConnectionHandler(Client client, HandshakeContext server) {
        this.server = server;
        this.stream = client.stream();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        stream.client().connected();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message)
            throws ProtocolException, InvalidProtocolBufferException {
        ByteBuf frame = (ByteBuf) message;
        try {
            FrameKind kind = FrameKind.of(frame.readByte());
            if (kind != FrameKind.REQUEST) {
                throw new ProtocolException("unexpected from a client: kind=" + kind);
            }
            handle(frame);
        } catch (OutOfMemoryError e) { // of the heap, and maybe in the middle of a request
            server.failure().ranOutOfMemory(e);
        } finally {
            frame.release();
        }
    }

    /** Parses a frame, which may be in several pieces. */
    private static Request parse(ByteBuf frame) throws InvalidProtocolBufferException {
        if (frame.nioBufferCount() == 1) {
            return Request.parseFrom(frame.nioBuffer());
        }
        CodedInputStream in = CodedInputStream.newInstance(Arrays.asList(frame.nioBuffers()));
        try {
            Request request = Request.parseFrom(in);
            in.checkLastTagWas(0);
            return request;
        } catch (InvalidProtocolBufferException e) {
            throw e;
        } catch (IOException e) {
            throw new InvalidProtocolBufferException(e);
        }
    }

    private void handle(ByteBuf frame) throws ProtocolException, InvalidProtocolBufferException {
        RequestScan scan = server.scan();
        scan.scan(frame);
        ReceivedRequest request = received(scan, frame);
        stream.confirmed(scan.received());
        if (scan.seq() != 0) {
            stream.received(request);
        } else if (request.refusal() == null) {
            control(request.request());
        } else {
            throw new ProtocolException(request.refusal());
        }
    }

    /** Decodes a request, unless it is refused. */
    private static ReceivedRequest received(RequestScan scan, ByteBuf frame)
            throws InvalidProtocolBufferException {
        String refusal = scan.refusal();
        return refusal == null
                ? new ReceivedRequest(parse(frame), scan.bytes(), null)
                : new ReceivedRequest(
                        Request.newBuilder().setSeq(scan.seq()).build(),
                        ServerStats.CALL_BYTES,
                        refusal);
    }

    /** Carries out a request about the stream itself. It has no number, and gets no answer. */
    private void control(Request request) throws ProtocolException {
        switch (request.getStream().getBodyCase()) {
            case ONLY_RECEIVED -> {
                // That was all.
            }
            case CANCEL -> stream.cancel(request.getStream().getCancel().getSeq());
            case WITHDRAW -> stream.withdraw(request.getStream().getWithdraw().getSeq());
            case GOODBYE -> server.clients().end(stream.client());
            default ->
                    throw new ProtocolException(
                            "a request without a number: " + Requests.name(request));
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        server.writer().flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        try {
            stream.writabilityChanged();
        } catch (OutOfMemoryError e) {
            server.failure().ranOutOfMemory(e);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        try {
            stream.disconnected(context.channel());
            server.clients().disconnected(stream.client());
            server.writer().flush();
        } catch (OutOfMemoryError e) {
            server.failure().ranOutOfMemory(e);
        }
    }

    /**
     * Closes the connection. An error of memory comes from a read, for which there was none outside
     * the heap; what changes the server's state catches its own.
     */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof OutOfMemoryError) {
            LOG.report(
                    Level.WARNING,
                    "a connection was closed, as there is no memory for its next request: pid="
                            + stream.client().pid(),
                    cause);
        } else if (isBroken(cause)) {
            LOG.report(Level.DEBUG, "a connection broke", cause);
        } else if (isOfPeer(cause)) {
            LOG.report(
                    Level.WARNING,
                    "a connection was closed: pid=" + stream.client().pid() + ", " + reason(cause),
                    null);
        } else {
            server.stats().failure();
            LOG.report(
                    Level.ERROR,
                    "a connection failed in the server: pid=" + stream.client().pid(),
                    cause);
        }
        ChannelFuture unused = context.close();
    }

    /** Whether a connection broke, and its peer sent nothing wrong. */
    static boolean isBroken(Throwable cause) {
        return cause instanceof IOException
                && !(cause instanceof ProtocolException)
                && !(cause instanceof InvalidProtocolBufferException);
    }

    /** Whether the peer sent what it must not; everything else is a failure of the server. */
    static boolean isOfPeer(Throwable cause) {
        return cause instanceof TooLongFrameException
                || cause instanceof CorruptedFrameException
                || cause instanceof ProtocolException
                || cause instanceof InvalidProtocolBufferException;
    }

    /** Describes a failure, for the log and the peer. */
    static String reason(Throwable cause) {
        Throwable reason =
                cause instanceof DecoderException && cause.getCause() != null
                        ? cause.getCause()
                        : cause;
        return reason instanceof ProtocolException
                ? String.valueOf(reason.getMessage())
                : reason.toString();
    }
}
