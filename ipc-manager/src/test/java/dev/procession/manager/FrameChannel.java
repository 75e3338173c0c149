package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.manager.wire.FrameKind;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;

/** A connection whose frames a test reads and writes one by one. It blocks. */
final class FrameChannel {

    private final SocketChannel channel;
    private final DataInputStream in;

    FrameChannel(SocketChannel channel) {
        this.channel = channel;
        this.in = new DataInputStream(Channels.newInputStream(channel));
    }

    /** Reads the payload of a frame, which has to be of this kind. */
    byte[] read(FrameKind kind) throws IOException {
        int length = (int) in.readLong();
        assertThat(in.readByte()).isEqualTo(kind.number());
        return in.readNBytes(length);
    }

    void write(FrameKind kind, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(FrameKind.HEADER_BYTES + payload.length);
        frame.putLong(payload.length).put(kind.number()).put(payload).flip();
        while (frame.hasRemaining()) {
            int unused = channel.write(frame);
        }
    }

    void close() throws IOException {
        channel.close();
    }
}
