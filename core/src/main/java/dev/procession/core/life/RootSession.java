package dev.procession.core.life;

import dev.procession.core.log.Log;
import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * Makes a root's session: sweeps, makes the directory, and writes its first files. Runs in a thread
 * of its own, which no user can interrupt.
 */
final class RootSession implements Runnable {

    private static final Log LOG = Log.of(RootSession.class);

    private static final long MIN_BYTES = 1 << 18;

    private static volatile boolean warned;

    private final SessionPlace place;
    private @Nullable Session session;
    private @Nullable Throwable failure;

    RootSession(SessionPlace place) {
        this.place = place;
    }

    @Override
    public void run() {
        try {
            session = make(place);
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
    }

    private static Session make(SessionPlace place) throws IOException {
        if (System.getProperty(Session.DIRECTORY_PROPERTY) != null) {
            return makeIn(place);
        }
        if (!place.isInSharedMemory()) {
            warn("is not there");
            return makeIn(place);
        }
        try {
            return makeIn(place);
        } catch (IOException e) {
            warn("cannot hold shared memory: " + e.getMessage());
            return makeIn(SessionPlace.in(SessionPlace.temporary()));
        }
    }

    private static Session makeIn(SessionPlace place) throws IOException {
        NamedMembers.sweep(place.base().getParent());
        return SessionDirectory.guarded(place.base(), new Making(place));
    }

    /** Not a lambda, which would take milliseconds of a cold start. */
    private record Making(SessionPlace place) implements SessionDirectory.Guarded<Session> {
        @Override
        public Session run() throws IOException {
            Path base = place.base();
            if (place.isInSharedMemory()) {
                requireRoom(base);
            }
            SessionDirectory.sweep(place);
            SessionDirectory.sweepSpares(place);
            SessionDirectory.makePrivate(place.home());
            try {
                return populate(place);
            } catch (IOException e) {
                SessionDirectory.delete(place.home());
                SessionDirectory.removeIfEmpty(base);
                throw e;
            }
        }
    }

    /** Fails if the file system has too little room for the files that every child needs. */
    private static void requireRoom(Path base) throws IOException {
        long free = base.toFile().getUsableSpace();
        if (free < MIN_BYTES) {
            SessionDirectory.removeIfEmpty(base);
            throw new IOException(
                    "too little room: path=" + base + ", free=" + free + ", needed=" + MIN_BYTES);
        }
    }

    /** Warns once in this JVM. */
    private static void warn(String reason) {
        if (!warned) {
            warned = true;
            LOG.log(
                    Level.WARNING,
                    SessionPlace.SHARED_MEMORY
                            + " "
                            + reason
                            + "; the temporary directory takes its place");
        }
    }

    private static Session populate(SessionPlace place) throws IOException {
        Path home = place.home();
        Path file = home.resolve(DirectoryLayout.SECRET);
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, place.secret());
        Segment members =
                Segment.create(home.resolve(DirectoryLayout.MEMBERS), SegmentKind.SESSION, 4096);
        Membership membership = Membership.claim(DirectoryLayout.lifeFile(home, Session.ROOT));
        return Session.root(place, membership, members);
    }

    Session result() throws IOException {
        if (session != null) {
            return session;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        throw new IOException(
                "cannot make a place for shared memory and sockets; name a writable directory"
                        + " with -D"
                        + Session.DIRECTORY_PROPERTY
                        + ": "
                        + (failure == null ? "" : failure.getMessage()),
                failure);
    }
}
