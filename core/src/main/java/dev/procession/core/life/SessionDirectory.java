package dev.procession.core.life;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import dev.procession.core.log.Log;
import dev.procession.core.memory.Uninterrupted;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * Where the directories of all sessions of one user stand, and the sweeping up of dead ones.
 *
 * <pre>
 * /dev/shm/procession-USER/          0700
 *     guard                          locked while a session is made or swept
 *     PID-START-NONCE/               one session: everything of one root process and its children
 *         m1                         the root's membership file; its lock is the session's life
 * </pre>
 *
 * <p>A session is dead when the kernel gives the lock of its {@code m1} to somebody else. Making
 * and sweeping exclude each other by the guard's lock, which the kernel drops as well, so a session
 * that has no lock yet is never taken for a dead one.
 */
public final class SessionDirectory {

    private static final Log LOG = Log.of(SessionDirectory.class);

    private static final int DELETE_ATTEMPTS = 20;

    private static final String GUARD = "guard";

    private SessionDirectory() {}

    /** Something done under the guard of a base directory. */
    @FunctionalInterface
    interface Guarded<T extends @Nullable Object> {
        T run() throws IOException;
    }

    /** Makes a directory that only this user may enter; refuses one of somebody else. */
    public static void makePrivate(Path directory) throws IOException {
        try {
            Files.createDirectory(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            // Not Files.isDirectory, which does not tell another kind from one that has gone again.
            if (!Files.readAttributes(
                            directory, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isDirectory()) {
                throw new IOException("not a directory: path=" + directory, e);
            }
            int mode = (int) Files.getAttribute(directory, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            int owner = (int) Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            int self = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            if (owner != self || (mode & 077) != 0) {
                throw new IOException(
                        "this directory must belong to the user alone (mode 0700): path="
                                + directory
                                + ", uid="
                                + owner
                                + ", mode="
                                + Integer.toOctalString(mode & 0777),
                        e);
            }
        }
    }

    /**
     * Runs an operation while no other process of this user makes or sweeps sessions. To be called
     * by a thread that nobody interrupts. Makes the base directory if need be.
     */
    static <T extends @Nullable Object> T guarded(Path base, Guarded<T> operation)
            throws IOException {
        Path guard = base.resolve(GUARD);
        while (true) {
            try {
                makePrivate(base); // the last one to end may remove it between its two looks
                try (FileChannel channel = open(guard)) {
                    Object before = identity(guard);
                    try (FileLock lock = channel.lock()) {
                        // The last to end removes the guard; a lock on that one guards nothing.
                        if (lock.isValid() && before.equals(identity(guard))) {
                            return operation.run();
                        }
                    }
                }
            } catch (NoSuchFileException e) {
                if (Files.exists(guard)) {
                    throw e;
                }
            } catch (OverlappingFileLockException e) {
                throw new IOException(
                        "another copy of Procession starts in this JVM just now: path=" + base, e);
            }
        }
    }

    private static FileChannel open(Path guard) throws IOException {
        return FileChannel.open(
                guard,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    /** Device and inode: opening the file to ask the descriptor would drop the lock. */
    private static Object identity(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    /** Removes the base directory if no session is left in it; to be run under the guard. */
    static void removeIfEmpty(Path base) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(base)) {
            for (Path entry : entries) {
                if (!entry.getFileName().toString().equals(GUARD)) {
                    return;
                }
            }
        }
        Files.deleteIfExists(base.resolve(GUARD));
        Files.delete(base);
    }

    /** Deletes what sessions without a living root left; to be run under the guard. */
    static void sweep(SessionPlace place) {
        try {
            sweep(place.base(), place);
        } catch (IOException e) {
            LOG.logger()
                    .log(
                            Level.WARNING,
                            "could not sweep up dead sessions: path=" + place.base(),
                            e);
        }
    }

    private static void sweep(Path directory, SessionPlace place) throws IOException {
        try (DirectoryStream<Path> sessions = Files.newDirectoryStream(directory)) {
            for (Path session : sessions) {
                // The same process under another class loader has the same start; its lock must
                // not be probed from here.
                if (Files.isDirectory(session, LinkOption.NOFOLLOW_LINKS)
                        && !session.getFileName().toString().startsWith(place.self())
                        && isDead(session, place)) {
                    delete(session);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /**
     * True of a directory that nobody alive uses. It is a session, or the spare directory of one
     * that may be elsewhere: both kinds can stand side by side, in the temporary directory. The
     * home of a spare one may be out of sight, in the shared memory of another container, so the
     * locks of those who use the spare count as well.
     */
    private static boolean isDead(Path directory, SessionPlace place) throws IOException {
        if (Files.exists(DirectoryLayout.lifeFile(directory, Session.ROOT))) {
            return LockProbe.isFree(DirectoryLayout.lifeFile(directory, Session.ROOT));
        }
        for (Path base : place.possibleBases()) {
            Path root =
                    DirectoryLayout.lifeFile(base.resolve(directory.getFileName()), Session.ROOT);
            if (Files.exists(root) && !LockProbe.isFree(root)) {
                return false;
            }
        }
        // Of a session whose root's file was removed, this asks for that one as well.
        return LockProbe.isFree(DirectoryLayout.lifeFile(directory, Session.ROOT))
                && !isUsed(directory);
    }

    /** Deletes what dead sessions left where spare directories are. */
    static void sweepSpares(SessionPlace place) {
        Path spareBase = place.spareBase();
        if (!Files.isDirectory(spareBase) || spareBase.equals(place.base())) {
            return; // nobody of this user ever needed one, or all of them were swept just now
        }
        try {
            guarded(
                    spareBase,
                    () -> {
                        sweep(spareBase, place);
                        return spareBase;
                    });
        } catch (IOException e) {
            LOG.logger()
                    .log(Level.WARNING, "could not sweep up dead sessions: path=" + spareBase, e);
        }
    }

    private static boolean isUsed(Path spare) throws IOException {
        try (DirectoryStream<Path> users =
                Files.newDirectoryStream(spare, DirectoryLayout.SPARE_USERS)) {
            for (Path user : users) {
                if (!LockProbe.isFree(user)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Makes a spare directory, and a lock in it that lasts as long as this process. */
    static Membership useSpare(Path spare, long member) throws IOException {
        return Uninterrupted.call(
                () ->
                        guarded(
                                spare.getParent(),
                                () -> {
                                    makePrivate(spare);
                                    return Membership.claim(
                                            DirectoryLayout.spareUser(spare, member));
                                }));
    }

    /**
     * Deletes a session's directory. Other threads may be deleting what is in it as well: an entry
     * that vanishes meanwhile spoils one attempt, and the next one finds fewer.
     */
    public static void delete(Path session) throws IOException {
        for (int attempt = 1; Files.exists(session, LinkOption.NOFOLLOW_LINKS); attempt++) {
            try {
                MoreFiles.deleteRecursively(session, RecursiveDeleteOption.ALLOW_INSECURE);
            } catch (IOException e) {
                if (attempt == DELETE_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }
}
