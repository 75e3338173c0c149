package dev.procession.manager.stream;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/** Asks the kernel which user is at the other end of a connection. */
final class Peers {

    private static final Path SELF = Path.of("/proc/self");

    private Peers() {}

    /** Whether the peer runs as this process's user. */
    static boolean isOurUser(Channel channel) throws IOException {
        if (channel instanceof EpollDomainSocketChannel epoll) {
            return epoll.peerCredentials().uid() == (int) Files.getAttribute(SELF, "unix:uid");
        }
        UnixDomainPrincipal peer =
                channel.config().getOption(NioChannelOption.of(ExtendedSocketOptions.SO_PEERCRED));
        return peer != null && peer.user().equals(Files.getOwner(SELF));
    }
}
