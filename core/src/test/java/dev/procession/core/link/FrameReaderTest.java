package dev.procession.core.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FrameReaderTest {

    private static ReadableByteChannel channel(byte[] bytes) {
        return Channels.newChannel(new ByteArrayInputStream(bytes));
    }

    private static byte[] bytes(FrameType type, int length) {
        byte[] payload = new byte[length];
        Arrays.fill(payload, (byte) 3);
        ByteBuffer buffer = new Frame(type, payload).toBuffer();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    @ParameterizedTest
    @EnumSource
    void shouldReadBackEveryTypeUpToItsLimit(FrameType type) throws IOException {
        for (int length : new int[] {0, 1, type.maxBytes()}) {
            FrameReader reader = new FrameReader(type.maxBytes());
            ReadableByteChannel channel = channel(bytes(type, length));
            Frame frame = reader.read(channel);
            assertThat(frame).isNotNull();
            assertThat(frame.type()).isEqualTo(type);
            byte[] expected = new byte[length];
            Arrays.fill(expected, (byte) 3);
            assertThat(frame.payload()).isEqualTo(expected);
            assertThat(reader.read(channel)).isNull();
            assertThat(reader.hasEnded()).isTrue();
        }
        assertThatThrownBy(() -> new Frame(type, new byte[type.maxBytes() + 1]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseAFrameThatEndsTooSoon(FrameType type) {
        byte[] whole = bytes(type, 5);
        for (int length = 1; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> new FrameReader().read(channel(part)))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("middle of a frame");
        }
    }

    @Test
    void shouldRefuseUnknownTypesAndLongFrames() {
        for (int type : new int[] {0, 5, 19, 23, 127, 128, 255}) {
            byte[] bytes = ByteBuffer.allocate(9).putLong(0).put((byte) type).array();
            assertThatThrownBy(() -> new FrameReader().read(channel(bytes)))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("unknown");
        }
        for (long length : new long[] {9, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
            byte[] bytes =
                    ByteBuffer.allocate(9).putLong(length).put(FrameType.INTERRUPT.wire()).array();
            assertThatThrownBy(() -> new FrameReader().read(channel(bytes)))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("too long");
        }
    }

    @Test
    void shouldNameBothVersionsWhenTheyDiffer() {
        Hello hello = new Hello(1, 2, Hello.Purpose.BELL, 3, 1, new byte[Hello.NONCE_BYTES]);
        byte[] bytes = hello.toBytes();
        assertThat(bytes).hasSize(Hello.BYTES);
        ByteBuffer.wrap(bytes).putInt(8, 99);
        assertThatThrownBy(() -> Hello.read(ByteBuffer.wrap(bytes)))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("ours=1")
                .hasMessageContaining("theirs=99");
        ByteBuffer.wrap(bytes).putLong(0, 0);
        assertThatThrownBy(() -> Hello.read(ByteBuffer.wrap(bytes)))
                .hasMessageContaining("not a link of Procession");
        assertThatThrownBy(() -> Hello.read(ByteBuffer.wrap(hello.toBytes(), 0, 20)))
                .hasMessageContaining("too short");
    }
}
