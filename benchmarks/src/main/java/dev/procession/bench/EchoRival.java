package dev.procession.bench;

import dev.procession.core.ChildProcess;
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
import io.netty.util.Version;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** The least that Netty can do: a server that echoes, and a client that blocks, in microseconds. */
final class EchoRival implements Rival {

    private static final int MESSAGE_BYTES = 48;
    static final long RETRY_MILLIS = 5;
    private static final int RETRIES = 4000;

    private @Nullable Scratch scratch;
    private @Nullable ChildProcess<Void> server;
    private @Nullable SocketChannel channel;

    @Override
    public String name() {
        return ManagerComparisons.ECHO;
    }

    @Override
    public String version() {
        return "Netty " + Version.identify().get("netty-common").artifactVersion();
    }

    @Override
    public void open() throws IOException, InterruptedException {
        scratch = Scratch.create();
        String socket = scratch.directory().resolve("echo").toString();
        server = Children.builder().start(() -> serve(socket));
        for (int i = 0; channel == null; i++) {
            try {
                channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
            } catch (IOException e) {
                if (i == RETRIES) {
                    throw e;
                }
                Thread.sleep(RETRY_MILLIS); // it does not listen yet
            }
        }
    }

    /** Sends all back until the client has gone. */
    static void serve(String socket) throws InterruptedException {
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

    @Override
    public Figure measure(int amount) throws Exception {
        SocketChannel connected = channel;
        if (connected == null) {
            throw new IllegalStateException("not open");
        }
        ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_BYTES);
        return Latencies.of(
                amount,
                number -> {
                    message.clear().putInt(0, number);
                    while (message.hasRemaining()) {
                        connected.write(message);
                    }
                    message.clear();
                    while (message.hasRemaining() && connected.read(message) >= 0) {
                        // The rest follows.
                    }
                    ManagerWork.require(message.getInt(0) == number && !message.hasRemaining());
                });
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (channel != null) {
            channel.close();
        }
        if (server != null) {
            server.join();
            server.close();
        }
        if (scratch != null) {
            scratch.close();
        }
    }
}
