package dev.procession.core.link;

import dev.procession.core.life.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose handshake is not finished; its time and its frames are limited. If the peer
 * ends during the handshake, as a worker of a closed pool may, no warning is logged.
 */
final class PendingHandshake implements ReadyHandler {

    /** The server that accepts the connections. */
    interface Owner {

        Session session();

        /** Closes a connection whose handshake is under way. */
        void drop(SelectionKey key);

        /** Takes over a link whose handshake has succeeded. */
        void accepted(SelectionKey key, Hello hello) throws IOException;
    }

    static final long PATIENCE_NANOS = 10_000_000_000L;

    private final Owner owner;
    private final long deadline = System.nanoTime() + PATIENCE_NANOS;
    private final FrameReader reader = new FrameReader(FrameType.HELLO.maxBytes());
    private @Nullable Hello theirs;
    private @Nullable Hello ours;
    private boolean ended;

    PendingHandshake(Owner owner) {
        this.owner = owner;
    }

    boolean isLate(long now) {
        return now - deadline > 0;
    }

    @Override
    public void ready(SelectionKey key) throws IOException {
        Frame frame = read((SocketChannel) key.channel());
        if (frame == null) {
            if (ended || reader.hasEnded()) {
                owner.drop(key);
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
                || !Handshake.accepts(owner.session(), hello.toBytes(), answer, frame.payload())) {
            throw new ProtocolException("the other side does not know the session's secret");
        }
        owner.accepted(key, hello);
    }

    private void welcome(SelectionKey key, Frame frame) throws IOException {
        try {
            if (frame.type() != FrameType.HELLO || frame.payload().length != Hello.BYTES) {
                throw new ProtocolException(
                        "expected HELLO of " + Hello.BYTES + " bytes, got " + frame.type());
            }
            Hello hello = Hello.read(ByteBuffer.wrap(frame.payload()));
            Hello answer = Hello.answer(owner.session(), hello);
            theirs = hello;
            ours = answer;
            if (!write(key, Handshake.welcome(owner.session(), hello.toBytes(), answer))) {
                owner.drop(key);
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
            throw new ProtocolException(
                    "the other side does not read the answers to its handshake");
        }
        return true;
    }
}
