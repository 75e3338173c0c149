package dev.procession.core.life;

import dev.procession.core.memory.Uninterrupted;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Asks the kernel whether the process behind a membership file is dead. */
public final class LockProbe {

    private LockProbe() {}

    /**
     * True if nobody holds the file's lock, or there is no such file. Never to be called for a file
     * of this process: closing the probe's descriptor would drop its lock.
     */
    public static boolean isFree(Path file) throws IOException {
        return Uninterrupted.call(() -> tryLock(file));
    }

    private static boolean tryLock(Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                return false;
            }
            lock.release();
            return true;
        } catch (OverlappingFileLockException e) {
            return false; // another thread of this JVM is probing or sweeping it just now
        } catch (NoSuchFileException e) {
            return true;
        }
    }
}
