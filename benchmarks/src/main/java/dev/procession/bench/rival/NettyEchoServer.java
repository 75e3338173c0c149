package dev.procession.bench.rival;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** The smallest server on Netty: it sends all bytes back. Runs in a child process. */
public final class NettyEchoServer {

    /** How long a client waits before it tries again to connect to a server that starts. */
    public static final long RETRY_MILLIS = 5;

    private NettyEchoServer() {}

    /** Sends all bytes back until the client has closed its connection. */
    public static void serve(String socket) throws InterruptedException {
        CountDownLatch gone = new CountDownLatch(1);
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        Channel unused =
                new ServerBootstrap()
                        .group(group)
                        .channel(EpollServerDomainSocketChannel.class)
                        .childHandler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel accepted) {
                                        accepted.pipeline().addLast(new Echo(gone));
                                    }
                                })
                        .bind(new DomainSocketAddress(Path.of(socket).toFile()))
                        .sync()
                        .channel();
        gone.await();
        group.shutdownGracefully().sync();
    }

    private static final class Echo extends ChannelInboundHandlerAdapter {

        private final CountDownLatch gone;

        Echo(CountDownLatch gone) {
            this.gone = gone;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            Object unused = context.write(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            gone.countDown();
        }
    }
}
