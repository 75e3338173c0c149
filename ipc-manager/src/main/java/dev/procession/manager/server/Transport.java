package dev.procession.manager.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Netty's part: one event loop, on epoll where it is available, and the listening socket. It uses
 * only classes that both Netty 4.1 and 4.2 have, as programs bring either.
 */
final class Transport {

    private static final int BACKLOG = 1024;
    private static final int LOW_WATER_BYTES = 1 << 16;
    private static final int HIGH_WATER_BYTES = 1 << 18;
    private static final long CLOSE_SECONDS = 5;

    private final boolean epoll = Epoll.isAvailable();
    private final EventLoopGroup group;
    private final EventLoop loop;
    private final ChannelGroup connections;
    private @Nullable Channel listening;

    Transport() {
        DefaultThreadFactory threads = new DefaultThreadFactory("procession-manager", true);
        group =
                epoll
                        ? new EpollEventLoopGroup(1, threads, LoopSpin::new)
                        : new NioEventLoopGroup(
                                1, threads, SelectorProvider.provider(), LoopSpin::new);
        loop = group.next();
        connections = new DefaultChannelGroup(loop, true); // it closes later connections as well
    }

    EventLoop loop() {
        return loop;
    }

    /**
     * Begins to listen.
     *
     * @param connected called in the event loop with each new connection
     */
    void bind(Path socket, Consumer<Channel> connected) throws IOException {
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(group)
                        .channel(
                                epoll
                                        ? EpollServerDomainSocketChannel.class
                                        : NioServerDomainSocketChannel.class)
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .childOption(
                                ChannelOption.WRITE_BUFFER_WATER_MARK,
                                new WriteBufferWaterMark(LOW_WATER_BYTES, HIGH_WATER_BYTES))
                        .childHandler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        connections.add(channel);
                                        connected.accept(channel);
                                    }
                                });
        SocketAddress address =
                epoll
                        ? new DomainSocketAddress(socket.toFile())
                        : UnixDomainSocketAddress.of(socket);
        try {
            listening = bootstrap.bind(address).syncUninterruptibly().channel();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) { // Netty throws checked exceptions, though it declares none
            throw new IOException("cannot listen: socket=" + socket, e);
        }
    }

    /** Closes connections and ends the loop; false if that still does something. */
    boolean close() {
        if (listening != null) {
            listening.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
        }
        // Closed here: a loop that is shut down between its two checks closes none.
        connections.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
        return group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    }

    /** Runs a task when the loop has ended. */
    void afterEnd(Runnable task) {
        Future<?> unused = group.terminationFuture().addListener(ended -> task.run());
    }
}
