package dev.procession.manager.proxy;

import dev.procession.manager.wire.ServerAddress;
import java.io.IOException;
import java.io.Serial;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What travels instead of a manager. The secret of a server that we started is in its directory,
 * where only the user can read it; one that the user gave travels along.
 */
public record ManagerHandle(String directory, byte @Nullable [] secret, @Nullable String filter)
        implements Serializable {

    @Serial private static final long serialVersionUID = 1L;

    /** The secret, or nothing if it cannot be read: then the first call finds the server gone. */
    byte[] knownSecret() {
        if (secret != null) {
            return secret;
        }
        try {
            return Files.readAllBytes(new ServerAddress(Path.of(directory)).secret());
        } catch (IOException e) {
            return new byte[0]; // the server is gone: the first call finds that out and says so
        }
    }
}
