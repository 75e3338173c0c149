package dev.procession.core.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose handshake the hub is still in; it has little time and little to say. A peer
 * that ends meanwhile, a worker of a pool that was closed, say, is no reason for a warning.
 */
final class Incoming implements Hub.Ready {

    static final long PATIENCE_NANOS = 10_000_000_000L;

    private final Hub hub;
    private final long deadline = System.nanoTime() + PATIENCE_NANOS;
    private final FrameReader reader = new FrameReader();
    private @Nullable Hello theirs;
    private @Nullable Hello ours;
    private boolean ended;

    Incoming(Hub hub) {
        this.hub = hub;
    }

    boolean isLate(long now) {
        return now - deadline > 0;
    }

    @Override
    public void ready(SelectionKey key) throws IOException {
        Frame frame = read((SocketChannel) key.channel());
        if (frame == null) {
            if (ended || reader.hasEnded()) {
                hub.drop(key, this);
            }
            return;
        }
        Hello hello = theirs;
        Hello answer = ours;
        if (hello == null || answer == null) {
            welcome(key, frame);
            return;
        }
        if (frame.type() != FrameType.PROOF
                || !Handshake.accepts(hub.session(), hello.toBytes(), answer, frame.payload())) {
            throw new ProtocolException("it does not know the session's secret");
        }
        hub.accepted(key, this, hello);
    }

    private void welcome(SelectionKey key, Frame frame) throws IOException {
        try {
            if (frame.type() != FrameType.HELLO || frame.payload().length != Hello.BYTES) {
                throw new ProtocolException(
                        "expected HELLO of " + Hello.BYTES + " bytes, got " + frame.type());
            }
            Hello hello = Hello.read(ByteBuffer.wrap(frame.payload()));
            Hello answer = hub.answer(hello);
            theirs = hello;
            ours = answer;
            if (!write(key, Handshake.welcome(hub.session(), hello.toBytes(), answer))) {
                hub.drop(key, this);
            }
        } catch (ProtocolException e) {
            byte[] reason = String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8);
            write(key, new Frame(FrameType.REFUSED, reason));
            throw e;
        }
    }

    private @Nullable Frame read(SocketChannel channel) throws ProtocolException {
        try {
            return reader.read(channel);
        } catch (ProtocolException e) {
            throw e;
        } catch (IOException e) {
            ended = true; // a peer killed with unread bytes resets the connection
            return null;
        }
    }

    /** False if the peer's end is closed. */
    private static boolean write(SelectionKey key, Frame frame) throws ProtocolException {
        ByteBuffer bytes = frame.toBuffer();
        try {
            ((SocketChannel) key.channel()).write(bytes);
        } catch (IOException e) {
            return false;
        }
        if (bytes.hasRemaining()) {
            throw new ProtocolException("it does not read the answers to its handshake");
        }
        return true;
    }
}
