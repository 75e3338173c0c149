package dev.procession.core.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A connection whose handshake the hub is still in; it has little time and little to say. */
final class Incoming implements Hub.Ready {

    static final long PATIENCE_NANOS = 10_000_000_000L;

    private final Hub hub;
    private final long deadline = System.nanoTime() + PATIENCE_NANOS;
    private final FrameReader reader = new FrameReader();
    private @Nullable Hello theirs;
    private @Nullable Hello ours;

    Incoming(Hub hub) {
        this.hub = hub;
    }

    boolean isLate(long now) {
        return now - deadline > 0;
    }

    @Override
    public void ready(SelectionKey key) throws IOException {
        Frame frame = reader.read((SocketChannel) key.channel());
        if (frame == null) {
            if (reader.hasEnded()) {
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
            write(key, Handshake.welcome(hub.session(), hello.toBytes(), answer));
        } catch (ProtocolException e) {
            byte[] reason = String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8);
            write(key, new Frame(FrameType.REFUSED, reason));
            throw e;
        }
    }

    private static void write(SelectionKey key, Frame frame) throws IOException {
        ByteBuffer bytes = frame.toBuffer();
        ((SocketChannel) key.channel()).write(bytes);
        if (bytes.hasRemaining()) {
            throw new ProtocolException("it does not read the answers to its handshake");
        }
    }
}
