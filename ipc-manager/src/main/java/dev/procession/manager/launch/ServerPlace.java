package dev.procession.manager.launch;

import dev.procession.core.life.Session;
import dev.procession.manager.wire.ManagerHandshake;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a new server goes.
 *
 * @param directory its address
 * @param secret what its clients prove to know
 * @param isOwned whether the directory is in this process's session and goes with the server
 */
public record ServerPlace(Path directory, byte[] secret, boolean isOwned) {

    /** The user's choice, or a new place in the session's directory. */
    public static ServerPlace choose(@Nullable Path address, byte @Nullable [] secret)
            throws IOException {
        if (address != null && secret != null) {
            return new ServerPlace(address, secret, false);
        }
        Session session = Session.current();
        Path directory = session.home().resolve("g" + session.self() + "-" + session.newName());
        return new ServerPlace(directory, Session.nonce(ManagerHandshake.SECRET_BYTES), true);
    }
}
