package dev.procession.core.life;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * This process's proof of life: a lock on its own life file.
 *
 * <p>The kernel drops the lock when the process has released its memory, and not before: not when
 * the process is stopped, swapped out or in a long garbage collection. No other code of this
 * process may open the file: closing any other descriptor of it would drop the lock (a rule of
 * POSIX).
 */
public final class Membership {

    private final FileChannel channel;
    private final FileLock lock;

    private Membership(FileChannel channel, FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Makes the file, unless it exists, and takes its lock for as long as this process lives. A new
     * file gets its name after it is locked, so that no process takes its owner for dead before.
     * The calling thread must never be interrupted, because an interrupt would close the channel
     * and drop the lock.
     *
     * @throws IOException if another process has the lock
     */
    public static Membership claim(Path file) throws IOException {
        return claim(file, "");
    }

    /**
     * The same for a file in a directory whose name other members had before, one of them with the
     * same number: the names that the kernel shows for their open files must differ.
     *
     * @param tag part of the draft's name; empty in a directory whose name is never used again
     */
    static Membership claim(Path file, String tag) throws IOException {
        if (Files.exists(file)) {
            return lock(file, file);
        }
        Path draft = draft(file, tag);
        Membership membership = lock(draft, file);
        try {
            Files.createLink(file, draft);
            return membership;
        } catch (IOException e) {
            membership.release();
            throw e;
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    /** The name that a life file has until it is locked. */
    static Path draft(Path file, String tag) {
        return file.resolveSibling(
                file.getFileName() + (tag.isEmpty() ? "" : "." + tag) + DirectoryLayout.DRAFT);
    }

    private static Membership lock(Path file, Path name) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw new IOException("this process asks for the lock just now: file=" + name, e);
        }
        if (lock == null) {
            channel.close();
            throw new IOException("another process has this membership: file=" + name);
        }
        return new Membership(channel, lock);
    }

    /** False once the lock is lost, as it is when the channel is closed. */
    public boolean isHeld() {
        return channel.isOpen() && lock.isValid();
    }

    /** Gives up the lock before the process ends; the file stays. */
    public void release() throws IOException {
        channel.close();
    }
}
