package dev.procession.core.life;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * This process's proof of life: a lock on its own membership file.
 *
 * <p>The kernel drops the lock when the last thread of the process has lost its memory, and not
 * before: not when the process is stopped, paging or in a long collection. Nothing else of this
 * process ever opens the file: closing any other descriptor of it would drop the lock (a rule of
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
     * Makes the file, unless it is there, and takes its lock, for as long as this process lives. A
     * new file gets its name when it is locked, so that nobody takes its owner for dead before. To
     * be called by a thread that nobody interrupts, for an interrupt would close the channel and
     * drop the lock.
     *
     * @throws IOException if another process has the lock
     */
    public static Membership claim(Path file) throws IOException {
        return claim(file, "");
    }

    /**
     * The same for a file in a directory whose name others had before, with a member of the same
     * number: the name that the kernel shows of an open file has to tell the two.
     *
     * @param tag in the name of the draft; none in a directory of which there is only one ever
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

    /** The name that a membership file has until it is locked. */
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
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            throw new IOException("another process has this membership: file=" + name);
        }
        return new Membership(channel, lock);
    }

    /** False once the lock was lost, which a closed channel would mean. */
    public boolean isHeld() {
        return channel.isOpen() && lock.isValid();
    }

    /** Gives the lock up before the process ends; the file stays. */
    public void release() throws IOException {
        channel.close();
    }
}
