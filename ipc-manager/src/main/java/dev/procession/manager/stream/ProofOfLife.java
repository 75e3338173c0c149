package dev.procession.manager.stream;

import dev.procession.core.life.LockProbe;
import dev.procession.core.log.Log;
import dev.procession.core.memory.Uninterrupted;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The life file of another process, held open: its lock shows whether that process lives, even if a
 * cleaner of old files has removed its name.
 */
final class ProofOfLife {

    private static final Log LOG = Log.of(ProofOfLife.class);

    private final Path file;
    private @Nullable FileChannel channel;

    ProofOfLife(Path file) {
        this.file = file;
    }

    /** Asks the kernel. A process whose file has lost its name may have made another file. */
    boolean isGone() throws IOException {
        FileChannel known = channel;
        if (known != null && !isFree(known)) {
            return false;
        }
        if (LockProbe.isFree(file)) {
            return true;
        }
        close();
        open();
        return false;
    }

    private void open() throws IOException {
        try {
            channel =
                    Uninterrupted.call(
                            () ->
                                    FileChannel.open(
                                            file,
                                            StandardOpenOption.READ,
                                            StandardOpenOption.WRITE));
        } catch (NoSuchFileException e) {
            // It has just lost its name; the next probe finds out.
        }
    }

    private static boolean isFree(FileChannel known) throws IOException {
        try {
            FileLock lock = known.tryLock();
            if (lock == null) {
                return false;
            }
            lock.release();
            return true;
        } catch (OverlappingFileLockException e) {
            return false; // another thread of this JVM probes it at this moment
        }
    }

    void close() {
        FileChannel known = channel;
        channel = null;
        if (known != null) {
            try {
                known.close();
            } catch (IOException e) {
                LOG.report(System.Logger.Level.DEBUG, "closing a life file failed", e);
            }
        }
    }
}
