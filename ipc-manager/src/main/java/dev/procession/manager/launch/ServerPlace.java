package dev.procession.manager.launch;

import dev.procession.core.life.DirectoryLayout;
import dev.procession.core.life.Session;
import dev.procession.manager.wire.ManagerHandshake;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The place of a new server.
 *
 * @param directory its address
 * @param secret the secret of its clients
 * @param isOwned whether the directory is in this process's session, and is deleted with the server
 */
public record ServerPlace(Path directory, byte[] secret, boolean isOwned) {

    /** Returns the place that the user chose, or a new one in the session's directory. */
    public static ServerPlace choose(@Nullable Path address, byte @Nullable [] secret)
            throws IOException {
        if (address != null && secret != null) {
            return new ServerPlace(address, secret, false);
        }
        Session session = Session.current();
        Path directory =
                session.home().resolve(DirectoryLayout.manager(session.self(), session.newName()));
        return new ServerPlace(directory, Session.nonce(ManagerHandshake.SECRET_BYTES), true);
    }
}
