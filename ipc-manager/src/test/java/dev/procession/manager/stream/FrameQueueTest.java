package dev.procession.manager.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.procession.core.launch.ExitCode;
import dev.procession.manager.proto.Response;
import dev.procession.manager.wire.FrameKind;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Frames that cannot be sent. The test is the server's thread. */
class FrameQueueTest {

    private static final int BYTES = 1 << 20;

    private final List<Integer> exits = new ArrayList<>();
    private final ServerFailure failure = new ServerFailure(exits::add, null, () -> {});

    /** A message that cannot be encoded. */
    private static MessageLite failing(Throwable with) {
        return (MessageLite)
                Proxy.newProxyInstance(
                        FrameQueueTest.class.getClassLoader(),
                        new Class<?>[] {MessageLite.class},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("getSerializedSize")) {
                                return BYTES;
                            }
                            throw with;
                        });
    }

    private void write(EmbeddedChannel to, MessageLite message) {
        FrameWriter writer = new FrameWriter(to.eventLoop(), null, failure);
        writer.write(to, FrameKind.RESPONSE, message, to.voidPromise());
        writer.flush();
    }

    @Test
    void shouldEndTheServerWhenItsHeapIsFull() {
        EmbeddedChannel channel = new EmbeddedChannel();
        write(channel, failing(new OutOfMemoryError("of the test")));
        assertThat(exits).contains(ExitCode.OUT_OF_MEMORY.code());
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldCloseAConnectionOfWhichAFrameFails() {
        EmbeddedChannel channel = new EmbeddedChannel();
        write(channel, failing(new NoClassDefFoundError("of the test")));
        assertThat(channel.isOpen()).isFalse();
        assertThat(exits).isEmpty();
    }

    /** Fails the second write. */
    private static final class FailsOnce extends ChannelOutboundHandlerAdapter {
        private int writes;

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
                throws Exception {
            writes++;
            if (writes == 2) {
                ReferenceCountUtil.release(message);
                promise.setFailure(new IOException("of the test"));
            } else {
                super.write(context, message, promise);
            }
        }
    }

    @Test
    void shouldCloseAConnectionThatHasLostASlice() {
        EmbeddedChannel channel = new EmbeddedChannel(new FailsOnce());
        ByteString value = ByteString.copyFrom(new byte[BYTES]);
        write(channel, Response.newBuilder().setValue(value).build());
        assertThat(channel.isOpen()).isFalse();
        channel.releaseOutbound();
    }
}
