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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The directory of all sessions of one user, and the removal of dead sessions.
 *
 * <pre>
 * /dev/shm/procession-USER/          0700
 *     guard                          locked while a session is made or swept
 *     PID-START-NONCE/               the session of one root process and its descendants
 *         m1                         the root's life file; the session lives while it is locked
 * </pre>
 *
 * <p>A session is dead when the kernel gives the lock of its {@code m1} to another process. The
 * lock of the guard excludes making and sweeping at the same time, so a session whose root has no
 * lock yet is never taken for a dead one. The kernel drops the guard's lock too when its holder
 * dies.
 */
public final class SessionDirectory {

    private static final Log LOG = Log.of(SessionDirectory.class);

    private static final int DELETE_ATTEMPTS = 20;

    private static final String GUARD = "guard";

    private static final String MODE = "unix:mode";
    private static final String OWNER = "unix:uid";
    private static final int FILE_TYPE = 0170000;
    private static final int DIRECTORY_TYPE = 0040000;
    private static final int OTHERS = 077;

    private SessionDirectory() {}

    /** An operation that runs under the guard of a base directory. */
    @FunctionalInterface
    interface Guarded<T extends @Nullable Object> {
        T run() throws IOException;
    }

    /**
     * Makes a directory that only this user may enter; refuses an existing one that another user
     * owns or may enter.
     */
    public static void makePrivate(Path directory) throws IOException {
        try {
            Files.createDirectory(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            // Not Files.isDirectory, which also returns false for a removed directory.
            if (!Files.readAttributes(
                            directory, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isDirectory()) {
                throw new IOException("not a directory: path=" + directory, e);
            }
            if (!isPrivate(directory)) {
                int mode = (int) Files.getAttribute(directory, MODE, LinkOption.NOFOLLOW_LINKS);
                int owner = (int) Files.getAttribute(directory, OWNER, LinkOption.NOFOLLOW_LINKS);
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
     * Whether this is a directory, and no link to one, that only this user may enter. In a
     * directory that all users may write to, another user may have made it, under this one's name.
     *
     * @throws NoSuchFileException if there is nothing of this name
     */
    public static boolean isPrivate(Path directory) throws IOException {
        int mode = (int) Files.getAttribute(directory, MODE, LinkOption.NOFOLLOW_LINKS);
        int owner = (int) Files.getAttribute(directory, OWNER, LinkOption.NOFOLLOW_LINKS);
        return (mode & FILE_TYPE) == DIRECTORY_TYPE
                && (mode & OTHERS) == 0
                && owner == (int) Files.getAttribute(Path.of("/proc/self"), OWNER);
    }

    /**
     * Runs an operation while no other process of this user makes or sweeps sessions. The calling
     * thread must never be interrupted. Makes the base directory if it is missing.
     */
    static <T extends @Nullable Object> T guarded(Path base, Guarded<T> operation)
            throws IOException {
        Path guard = base.resolve(GUARD);
        while (true) {
            try {
                makePrivate(base); // the process that ends last may remove it in between
                try (FileChannel channel = open(guard)) {
                    Object before = identity(guard);
                    try (FileLock lock = channel.lock()) {
                        // The process that ends last removes the guard; a lock on a removed file
                        // excludes no process.
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
                        "another copy of Procession is starting in this JVM: path=" + base, e);
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

    /**
     * Returns device and inode. Read by path: closing another descriptor of the file would drop the
     * lock.
     */
    private static Object identity(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    /** Removes the base directory if it contains no session; runs under the guard. */
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

    /** Deletes the directories of sessions without a living root; runs under the guard. */
    static void sweep(SessionPlace place) {
        try {
            sweep(place.base(), place);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "could not sweep dead sessions: path=" + place.base(), e);
        }
    }

    private static void sweep(Path directory, SessionPlace place) throws IOException {
        for (Path session : dead(directory, place)) {
            delete(session);
        }
    }

    /** Returns the directories in this one that no living process uses; runs under the guard. */
    static List<Path> dead(Path directory, SessionPlace place) throws IOException {
        List<Path> dead = new ArrayList<>();
        try (DirectoryStream<Path> sessions = Files.newDirectoryStream(directory)) {
            for (Path session : sessions) {
                // Skips sessions of this process, under another class loader say: it must not
                // probe its own locks.
                if (Files.isDirectory(session, LinkOption.NOFOLLOW_LINKS)
                        && !session.getFileName().toString().startsWith(place.self())
                        && isDead(session, place)) {
                    dead.add(session);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return dead;
    }

    /**
     * True for a directory that no living process uses. It is a session's directory, or the spare
     * directory of a session that may be elsewhere: the temporary directory may contain both kinds.
     * The home of a spare directory may be invisible to this process, in the shared memory of
     * another container, so the locks of the spare directory's users are probed too.
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
        // If the root's file was removed, the first probe searches for a process that has it open.
        return LockProbe.isFree(DirectoryLayout.lifeFile(directory, Session.ROOT))
                && !isUsed(directory);
    }

    /** Deletes the spare directories of dead sessions. */
    static void sweepSpares(SessionPlace place) {
        Path spareBase = place.spareBase();
        if (!Files.isDirectory(spareBase) || spareBase.equals(place.base())) {
            return; // this user has no spare directories, or sweep() has just swept them
        }
        try {
            guarded(
                    spareBase,
                    () -> {
                        sweep(spareBase, place);
                        return spareBase;
                    });
        } catch (IOException e) {
            LOG.log(Level.WARNING, "could not sweep dead sessions: path=" + spareBase, e);
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

    /** Makes a spare directory, and takes a lock in it for as long as this process lives. */
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
     * Deletes a session's directory. Other threads may delete its entries at the same time: an
     * entry that vanishes fails the attempt, and the next attempt finds fewer entries.
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
