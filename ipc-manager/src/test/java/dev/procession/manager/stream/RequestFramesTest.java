package dev.procession.manager.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Response;
import dev.procession.manager.wire.FrameKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandler;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Frames in any pieces, and the memory that large ones share. The test is the server's thread. */
class RequestFramesTest {

    private static final int MAX_BYTES = 8 << 20;

    /** A quarter of it has room for two of the largest frames. */
    private static final long HEAP_BYTES = 64 << 20;

    private final EmbeddedChannel loop = new EmbeddedChannel();
    private final ServerStats stats = new ServerStats();
    private final List<EmbeddedChannel> channels = new ArrayList<>();
    private final List<byte[]> frames = new ArrayList<>();
    private final Random random = new Random(1);
    private long now;

    private final ServerFailure failure = new ServerFailure(null, null, () -> {});
    private final LargeFrames large = largeFrames();

    private LargeFrames largeFrames() {
        FrameWriter writer = new FrameWriter(loop.eventLoop(), null, failure);
        return new LargeFrames(
                new LoopTasks(loop.eventLoop(), writer, stats, failure),
                new ServerBounds(MAX_BYTES, 10, HEAP_BYTES / 3, HEAP_BYTES, HEAP_BYTES),
                stats,
                () -> now);
    }

    @AfterEach
    void close() {
        channels.forEach(EmbeddedChannel::finishAndReleaseAll);
        loop.finishAndReleaseAll();
    }

    private EmbeddedChannel channel() {
        return channel(new ChannelOutboundHandlerAdapter());
    }

    private EmbeddedChannel channel(ChannelOutboundHandler socket) {
        EmbeddedChannel made = new EmbeddedChannel(socket, new RequestFrames(large, MAX_BYTES));
        channels.add(made);
        return made;
    }

    private byte[] frame(int length) {
        byte[] content = new byte[1 + length];
        random.nextBytes(content);
        frames.add(content);
        return Unpooled.buffer().writeLong(length).writeBytes(content).array();
    }

    private byte[] frames(int... lengths) {
        ByteBuf all = Unpooled.buffer();
        for (int length : lengths) {
            all.writeBytes(frame(length), 0, FrameKind.HEADER_BYTES + length);
        }
        return ByteBufUtil.getBytes(all);
    }

    private static void send(EmbeddedChannel to, byte[] bytes, int from, int end) {
        to.writeInbound(Unpooled.copiedBuffer(bytes, from, end - from));
    }

    private static byte[] received(EmbeddedChannel by) {
        ByteBuf frame = by.readInbound();
        try {
            return ByteBufUtil.getBytes(frame);
        } finally {
            frame.release();
        }
    }

    /** Lets time pass in steps, as the checks come in time. */
    private void sleep(long millis) {
        long left = millis;
        do {
            long step = Math.min(10, left);
            pass(step);
            left -= step;
        } while (left > 0);
    }

    private void pass(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
        loop.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        loop.runPendingTasks();
        loop.runPendingTasks(); // those that timers planned
    }

    @Test
    void shouldPassFramesOnHoweverTheyAreCut() {
        byte[] sent = frames(0, 1, 40, 70_000, 0, 3 << 20, 65_536, 65_537, 9);
        for (int piece : new int[] {1 << 23, 65_536, 4096, 1000, 7, 1}) {
            EmbeddedChannel channel = channel();
            for (int at = 0; at < sent.length; at += piece) {
                send(channel, sent, at, Math.min(sent.length, at + piece));
            }
            for (byte[] frame : frames) {
                assertThat(Arrays.equals(received(channel), frame)).isTrue();
            }
            assertThat(channel.inboundMessages()).isEmpty();
        }
    }

    @Test
    void shouldRefuseLengthsThatNoFrameMayHave() {
        assertThatThrownBy(() -> channel().writeInbound(Unpooled.copyLong(-1)))
                .isInstanceOf(CorruptedFrameException.class);
        assertThatThrownBy(() -> channel().writeInbound(Unpooled.copyLong(MAX_BYTES + 1)))
                .isInstanceOf(TooLongFrameException.class);
        assertThatThrownBy(() -> channel().writeInbound(Unpooled.copyLong(Long.MAX_VALUE)))
                .isInstanceOf(TooLongFrameException.class);
    }

    private EmbeddedChannel begun(byte[] frame) {
        EmbeddedChannel channel = channel();
        send(channel, frame, 0, 100);
        return channel;
    }

    @Test
    void shouldReadLargeFramesInTheirOrderWhileThereIsRoom() {
        byte[] sent = frame(MAX_BYTES);
        EmbeddedChannel one = begun(sent);
        EmbeddedChannel two = begun(sent);
        EmbeddedChannel three = begun(sent);
        EmbeddedChannel four = begun(sent);
        assertThat(two.config().isAutoRead()).isTrue();
        assertThat(three.config().isAutoRead()).isFalse();
        assertThat(four.config().isAutoRead()).isFalse();
        send(begun(frame(1000)), sent, 0, 0);
        send(three, sent, 100, 200); // was under way
        send(two, sent, 100, sent.length);
        sleep(0);
        assertThat(three.config().isAutoRead()).isTrue();
        assertThat(four.config().isAutoRead()).isFalse();
        send(three, sent, 200, sent.length);
        sleep(0);
        assertThat(four.config().isAutoRead()).isTrue();
        send(four, sent, 100, sent.length);
        send(one, sent, 100, sent.length);
        for (EmbeddedChannel each : List.of(one, two, three, four)) {
            assertThat(Arrays.equals(received(each), frames.get(0))).isTrue();
        }
    }

    /**
     * Clients that read no answers queued their largest requests in turn, as one has room even when
     * the queues are full: so many frames were kept as there were clients.
     */
    @Test
    void shouldGiveNoRoomToAClientThatReadsNoAnswersWhileTheQueuesAreFull() {
        byte[] sent = frame(MAX_BYTES);
        stats.queued(HEAP_BYTES);
        EmbeddedChannel deaf = channel();
        setReading(deaf, false);
        send(deaf, sent, 0, 100);
        assertThat(deaf.config().isAutoRead()).isFalse();
        EmbeddedChannel good = begun(sent);
        assertThat(good.config().isAutoRead()).isTrue();
        sleep(100);
        assertThat(deaf.config().isAutoRead()).isFalse();
        send(good, sent, 100, sent.length);
        assertThat(Arrays.equals(received(good), frames.get(0))).isTrue();
        setReading(deaf, true);
        sleep(100);
        assertThat(deaf.config().isAutoRead()).isTrue();
    }

    private static void setReading(EmbeddedChannel channel, boolean reading) {
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, reading);
    }

    @Test
    void shouldCloseThoseThatKeepRoomFromOthers() {
        byte[] sent = frame(MAX_BYTES);
        EmbeddedChannel one = begun(sent);
        EmbeddedChannel two = begun(sent);
        sleep(100_000);
        assertThat(one.isOpen()).isTrue();
        EmbeddedChannel three = begun(sent);
        EmbeddedChannel four = begun(sent);
        sleep(190);
        assertThatNothingFailed(one);
        send(two, sent, 100, sent.length);
        sleep(0);
        assertThat(three.config().isAutoRead()).isTrue();
        sleep(100);
        assertThatThrownBy(one::checkException)
                .isInstanceOf(TooLongFrameException.class)
                .hasMessageContaining("others wait for its memory")
                .hasMessageContaining("missing=" + (MAX_BYTES + 1 - 92));
        assertThatNothingFailed(three);
        assertThat(four.config().isAutoRead()).isFalse();
        end(one);
        sleep(0);
        assertThat(four.config().isAutoRead()).isTrue();
    }

    @Test
    void shouldCloseThoseThatSendTooSlowlyWhileOthersWait() {
        byte[] sent = frame(MAX_BYTES);
        EmbeddedChannel one = begun(sent);
        EmbeddedChannel two = begun(sent);
        EmbeddedChannel three = begun(sent);
        for (int i = 0; i < 11; i++) {
            send(one, sent, 100 + i, 101 + i);
            ReadPause.STREAM.set(two, true);
            sleep(100);
        }
        assertThatNothingFailed(one);
        sleep(160);
        assertThatThrownBy(one::checkException).isInstanceOf(TooLongFrameException.class);
        assertThatNothingFailed(two); // the server holds it back
        end(one);
        sleep(0);
        assertThat(three.config().isAutoRead()).isTrue();
    }

    /** A socket that takes what is written when its client reads. */
    private static final class Socket extends ChannelOutboundHandlerAdapter {
        private final Deque<ChannelPromise> written = new ArrayDeque<>();

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ReferenceCountUtil.release(message);
            written.add(promise);
        }

        void takeOne() {
            written.remove().setSuccess();
        }
    }

    /** Begins a large request on a connection whose answer, before it, is large as well. */
    private EmbeddedChannel begunBehindAnswer(Socket socket, byte[] frame) {
        EmbeddedChannel channel = channel(socket);
        FrameWriter writer = new FrameWriter(channel.eventLoop(), null, failure);
        ByteString value = ByteString.copyFrom(new byte[MAX_BYTES]);
        Response answer = Response.newBuilder().setValue(value).build();
        writer.write(channel, FrameKind.RESPONSE, answer, channel.voidPromise());
        writer.flush();
        send(channel, frame, 0, 100);
        ReadPause.STREAM.set(channel, true); // until the client has read the answer
        return channel;
    }

    /** The server reads on only when the answer is read, however long that takes. */
    @Test
    void shouldCloseNoClientThatReadsALargeAnswerSlowly() {
        byte[] sent = frame(MAX_BYTES);
        Socket slow = new Socket();
        EmbeddedChannel one = begun(sent);
        EmbeddedChannel two = begunBehindAnswer(slow, sent);
        EmbeddedChannel three = begun(sent);
        assertThat(three.config().isAutoRead()).isFalse();
        ReadPause.STREAM.set(one, true); // as far as one can see, its client reads
        for (int i = 0; i < 50; i++) {
            slow.takeOne();
            sleep(150);
        }
        assertThatNothingFailed(two);
        sleep(300);
        assertThatThrownBy(two::checkException)
                .isInstanceOf(TooLongFrameException.class)
                .hasMessageContaining("others wait for its memory");
        assertThatNothingFailed(one);
    }

    private static void end(EmbeddedChannel channel) {
        ChannelFuture unused = channel.close();
    }

    private static void assertThatNothingFailed(EmbeddedChannel channel) {
        channel.checkException();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void shouldGiveRoomBackWhenConnectionsEnd() {
        byte[] sent = frame(MAX_BYTES);
        for (int i = 0; i < 10; i++) {
            EmbeddedChannel one = begun(sent);
            EmbeddedChannel two = begun(sent);
            EmbeddedChannel three = begun(sent);
            EmbeddedChannel four = begun(sent);
            assertThat(three.config().isAutoRead()).isFalse();
            List.of(three, one, two, four).forEach(RequestFramesTest::end);
            sleep(0);
        }
    }

    @Test
    void shouldWaitWhileManyRequestsAreQueued() {
        byte[] sent = frame(MAX_BYTES);
        stats.queued(HEAP_BYTES / 4);
        EmbeddedChannel one = begun(sent); // there is always room for one
        EmbeddedChannel two = begun(sent);
        assertThat(one.config().isAutoRead()).isTrue();
        assertThat(two.config().isAutoRead()).isFalse();
        stats.queued(-HEAP_BYTES / 4);
        sleep(300);
        assertThat(two.config().isAutoRead()).isTrue();
    }

    /** The server stood still, and everything that came meanwhile is to be read. */
    @Test
    void shouldCloseNoneWhenTheCheckComesLate() {
        byte[] sent = frame(MAX_BYTES);
        EmbeddedChannel one = begun(sent);
        EmbeddedChannel two = begun(sent);
        EmbeddedChannel three = begun(sent);
        pass(3000);
        sleep(100);
        assertThatNothingFailed(one);
        assertThatNothingFailed(two);
        assertThat(three.config().isAutoRead()).isFalse();
        sleep(200);
        assertThatThrownBy(one::checkException).isInstanceOf(TooLongFrameException.class);
        assertThatThrownBy(two::checkException).isInstanceOf(TooLongFrameException.class);
    }
}
