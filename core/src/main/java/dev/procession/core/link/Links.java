package dev.procession.core.link;

import dev.procession.core.life.Session;
import dev.procession.core.memory.Uninterrupted;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;

/** Connects to other members of the session. */
public final class Links {

    private Links() {}

    /**
     * Connects to a member's listening socket; returns a blocking channel whose handshake has
     * succeeded.
     */
    public static SocketChannel connect(
            Session session, long member, Hello.Purpose purpose, long target, int end)
            throws IOException {
        return Uninterrupted.call(
                () -> {
                    SocketChannel channel =
                            SocketChannel.open(UnixDomainSocketAddress.of(session.socket(member)));
                    try {
                        Hello hello =
                                new Hello(
                                        ProcessHandle.current().pid(),
                                        session.self(),
                                        purpose,
                                        target,
                                        end,
                                        Session.nonce(Hello.NONCE_BYTES));
                        Handshake.connect(channel, session.secret(), hello);
                        return channel;
                    } catch (IOException | RuntimeException e) {
                        channel.close();
                        throw e;
                    }
                });
    }
}
