package dev.procession.manager.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Counts the servers that have run at one address. The numbers that a server hands out begin with
 * its epoch, so that none repeats after a restart, whatever the clock says.
 */
public final class EpochFile {

    private final Path file;

    public EpochFile(Path file) {
        this.file = file;
    }

    /** The last epoch; 0 if there was none. */
    public long read() throws IOException {
        try {
            return Long.parseLong(Files.readString(file, StandardCharsets.US_ASCII).strip());
        } catch (NoSuchFileException e) {
            return 0;
        } catch (NumberFormatException e) {
            throw new IOException(
                    "not the number of a server's epoch, without which tokens could repeat: file="
                            + file,
                    e);
        }
    }

    /** Writes an epoch to the disk, before any of its numbers is handed out. */
    public void write(long epoch) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel =
                FileChannel.open(
                        draft,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer text =
                    ByteBuffer.wrap(Long.toString(epoch).getBytes(StandardCharsets.US_ASCII));
            while (text.hasRemaining()) {
                int unused = channel.write(text);
            }
            channel.force(true);
        }
        Path unused = Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        StoreFiles.syncDirectory(file);
    }
}
