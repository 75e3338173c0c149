package dev.procession.manager.proxy;

import dev.procession.manager.wire.ServerAddress;
import java.io.IOException;
import java.io.Serial;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The serialised form of a manager's address. The secret of a server that this library started is
 * in its directory, where only the user can read it; a secret that the user gave travels along.
 */
public record ManagerHandle(String directory, byte @Nullable [] secret, @Nullable String filter)
        implements Serializable {

    @Serial private static final long serialVersionUID = 1L;

    /** Returns the secret; empty if it cannot be read, and then the first call fails. */
    byte[] knownSecret() {
        if (secret != null) {
            return secret;
        }
        try {
            return Files.readAllBytes(new ServerAddress(Path.of(directory)).secret());
        } catch (IOException e) {
            return new byte[0]; // the server has ended: the first call finds that out
        }
    }
}
