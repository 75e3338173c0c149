package dev.procession.core.life;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
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
     * Makes the file and takes its lock, for as long as this process lives. To be called by a
     * thread that nobody interrupts, for an interrupt would close the channel and drop the lock.
     */
    public static Membership claim(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            throw new IOException("another process has this membership: file=" + file);
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
