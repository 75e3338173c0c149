package dev.procession.core.link;

import java.io.IOException;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;

/** The user whose process is at the other end of a Unix-domain socket. */
public final class PeerUser {

    private static final String OPTION = "SO_PEERCRED";

    private PeerUser() {}

    /**
     * Returns the user that the kernel reports; null on a JRE without the module {@code jdk.net}.
     */
    public static @Nullable UserPrincipal of(SocketChannel channel) throws IOException {
        for (SocketOption<?> option : channel.supportedOptions()) {
            if (option.name().equals(OPTION)) {
                return Credentials.user(channel.getOption(option));
            }
        }
        return null;
    }

    /** A class of its own, so that it is loaded only if the module is there. */
    private static final class Credentials {
        static UserPrincipal user(Object credentials) {
            return ((UnixDomainPrincipal) credentials).user();
        }
    }
}
