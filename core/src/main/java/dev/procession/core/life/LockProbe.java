package dev.procession.core.life;

import dev.procession.core.memory.Uninterrupted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.OptionalLong;

/** Asks the kernel whether the process behind a membership file is dead. */
public final class LockProbe {

    private LockProbe() {}

    /**
     * True if nobody holds the lock of a membership file. A missing file proves nothing, for a
     * cleaner may have removed it: then a process that has it open holds the lock. Never to be
     * called for a file of this process: closing the probe's descriptor would drop its lock.
     *
     * @throws IOException if it cannot be told: the file is there and cannot be opened now, say
     */
    public static boolean isFree(Path file) throws IOException {
        return isFree(file, "");
    }

    /**
     * The same for a file in a directory whose name others had before.
     *
     * @param tag as in {@link Membership#claim(Path, String)}
     */
    static boolean isFree(Path file, String tag) throws IOException {
        return Uninterrupted.call(() -> tryLock(file, tag));
    }

    /**
     * The pid of the process that holds the file's lock, as the kernel tells; empty if nobody does,
     * or it cannot be told. Only for messages: it may be another's the next moment.
     */
    public static OptionalLong holder(Path file) {
        try {
            String inode = ":" + Files.getAttribute(file, "unix:ino");
            for (String line : Files.readAllLines(Path.of("/proc/locks"))) {
                List<String> words = List.of(line.trim().split(" +"));
                // 1: POSIX ADVISORY WRITE pid major:minor:inode from to; "->" stands for a waiter
                if (words.size() == 8 && words.get(5).endsWith(inode)) {
                    return OptionalLong.of(Long.parseLong(words.get(4)));
                }
            }
            return OptionalLong.empty();
        } catch (IOException | UncheckedIOException | NumberFormatException e) {
            return OptionalLong.empty(); // no such file, or no such table
        }
    }

    private static boolean tryLock(Path file, String tag) throws IOException {
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
            return isClosed(file, tag);
        }
    }

    /**
     * True if no other process has a membership file open whose name is gone.
     *
     * @param tag as in {@link Membership#claim(Path, String)}
     */
    static boolean isClosed(Path file, String tag) throws IOException {
        return !OpenFiles.isOpen(file, Membership.draft(file, tag));
    }
}
