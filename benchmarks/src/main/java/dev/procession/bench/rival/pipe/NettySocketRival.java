package dev.procession.bench.rival.pipe;

import dev.procession.bench.rival.Children;
import dev.procession.bench.rival.NettyEchoServer;
import dev.procession.core.ChildProcess;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.Version;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Netty on both sides; a thread waits for each answer, as in all other rivals. */
public final class NettySocketRival extends SocketRival {

    static final String NAME = "Netty sockets";

    private static final long ANSWER_SECONDS = 10;

    private final BlockingQueue<byte[]> answers = new LinkedBlockingQueue<>();
    private @Nullable EventLoopGroup group;
    private @Nullable Channel channel;

    public NettySocketRival() {
        super(0);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String version() {
        return "Netty " + Version.identify().get("netty-common").artifactVersion();
    }

    @Override
    ChildProcess<Void> connect(String address) throws InterruptedException {
        ChildProcess<Void> server = Children.builder().start(() -> NettyEchoServer.serve(address));
        group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        Bootstrap client =
                new Bootstrap()
                        .group(group)
                        .channel(EpollDomainSocketChannel.class)
                        .handler(new MessageReader());
        while (channel == null) {
            ChannelFuture attempt = client.connect(new DomainSocketAddress(address)).await();
            if (attempt.isSuccess()) {
                channel = attempt.channel();
            } else if (server.isAlive()) {
                Thread.sleep(NettyEchoServer.RETRY_MILLIS); // the server does not listen yet
            } else {
                throw new IllegalStateException("no server", attempt.cause());
            }
        }
        return server;
    }

    /** Passes on whole messages; each connection has its own reader. */
    @ChannelHandler.Sharable // used by one channel at a time: only the attempts to connect share it
    private final class MessageReader extends SimpleChannelInboundHandler<ByteBuf> {

        private final ByteBuf partial = Unpooled.buffer(2 * MESSAGE_BYTES);

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
            partial.writeBytes(bytes);
            while (partial.readableBytes() >= MESSAGE_BYTES) {
                byte[] message = new byte[MESSAGE_BYTES];
                partial.readBytes(message);
                answers.add(message);
            }
            partial.discardReadBytes();
        }
    }

    @Override
    void roundTrip(ByteBuffer message) throws InterruptedException {
        Channel connected = channel;
        if (connected == null) {
            throw new IllegalStateException("not open");
        }
        ChannelFuture unused =
                connected.writeAndFlush(Unpooled.copiedBuffer(message), connected.voidPromise());
        byte[] answer = answers.poll(ANSWER_SECONDS, TimeUnit.SECONDS);
        if (answer == null) {
            throw new IllegalStateException("no answer: open=" + connected.isOpen());
        }
        message.clear().put(answer).flip();
    }

    @Override
    void hangUp() {
        if (channel != null) {
            channel.close().syncUninterruptibly();
        }
        if (group != null) {
            group.shutdownGracefully().syncUninterruptibly();
        }
    }
}
