package dev.procession.manager.proxy;

import dev.procession.manager.client.ManagerClient;
import dev.procession.manager.wire.ServerAddress;
import java.io.IOException;
import java.io.Serial;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The serialised form of a manager's address. The secret of a server that this library started is
 * in its directory, where only the user can read it. A secret that the user gave travels along with
 * a task or child, but not into a server as a part of a value, where it would be stored.
 */
public record ManagerHandle(String directory, byte @Nullable [] secret, @Nullable String filter)
        implements Serializable {

    @Serial private static final long serialVersionUID = 1L;

    /** Whether the calling thread encodes a value of a server. */
    private static final ThreadLocal<Boolean> STORED = ThreadLocal.withInitial(() -> false);

    /** Encodes a value of a server, without secrets. */
    static <T> T withoutSecrets(Supplier<T> encoding) {
        boolean before = STORED.get();
        STORED.set(true);
        try {
            return encoding.get();
        } finally {
            STORED.set(before);
        }
    }

    @Serial
    private Object writeReplace() {
        return secret != null && STORED.get() ? new ManagerHandle(directory, null, filter) : this;
    }

    /**
     * Returns the secret: the one that travelled, that of the server's directory, or that of a
     * client of this process; empty if there is none, and then the first call fails.
     */
    byte[] knownSecret() {
        if (secret != null) {
            return secret;
        }
        ServerAddress address = new ServerAddress(Path.of(directory));
        try {
            return Files.readAllBytes(address.secret());
        } catch (IOException e) { // it is the user's, or the server has ended
            return ManagerClient.secretOf(address);
        }
    }
}
