package dev.procession.core.link;

import java.io.IOException;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;

/** Whose process is at the other end of a Unix-domain socket. */
public final class PeerUser {

    private static final String OPTION = "SO_PEERCRED";

    private PeerUser() {}

    /** What the kernel says; null on a JRE without the module {@code jdk.net}, which asks it. */
    public static @Nullable UserPrincipal of(SocketChannel channel) throws IOException {
        for (SocketOption<?> option : channel.supportedOptions()) {
            if (option.name().equals(OPTION)) {
                return Asked.user(channel.getOption(option));
            }
        }
        return null;
    }

    /** Apart, so that it is loaded where there is such a module. */
    private static final class Asked {
        static UserPrincipal user(Object credentials) {
            return ((UnixDomainPrincipal) credentials).user();
        }
    }
}
