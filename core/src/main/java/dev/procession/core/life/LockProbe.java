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

/** Asks the kernel whether the process behind a life file is dead. */
public final class LockProbe {

    private LockProbe() {}

    /**
     * True if no process holds the lock of a life file. A missing file proves nothing, because a
     * cleaner may have removed it: then a process that has the file open still holds the lock. Must
     * not be called for this process's own file: closing the probe's descriptor would drop the
     * lock.
     *
     * @throws IOException if the kernel gives no answer; the file exists and cannot be opened now,
     *     say
     */
    public static boolean isFree(Path file) throws IOException {
        return isFree(file, "");
    }

    /**
     * The same for a file in a directory whose name other members had before.
     *
     * @param tag as in {@link Membership#claim(Path, String)}
     */
    static boolean isFree(Path file, String tag) throws IOException {
        return Uninterrupted.call(new Probe(file, tag));
    }

    /** Not a lambda, which would take milliseconds of a cold start. */
    private record Probe(Path file, String tag) implements Uninterrupted.Operation<Boolean> {
        @Override
        public Boolean run() throws IOException {
            return tryLock(file, tag);
        }
    }

    /**
     * Returns the pid of the process that holds the file's lock; empty if no process does, or the
     * kernel gives no answer. Only for messages: the holder may change at any time.
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
            return OptionalLong.empty(); // the file or the table is missing
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
            return false; // another thread of this JVM is probing or sweeping it now
        } catch (NoSuchFileException e) {
            return isClosed(file, tag);
        }
    }

    /**
     * True if no other process has a removed life file open.
     *
     * @param tag as in {@link Membership#claim(Path, String)}
     */
    static boolean isClosed(Path file, String tag) throws IOException {
        return !OpenFiles.isOpen(file, Membership.draft(file, tag));
    }
}
