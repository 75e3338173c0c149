package dev.procession.manager.store;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * Keeps room for the writes of a server on the disk of its store, while something larger is written
 * there beside the server. Any thread may use it.
 */
final class DiskRoom {

    /** Some writes may come between two looks. */
    static final long RESERVE_BYTES = 2 << 20;

    private final LongSupplier usable;

    DiskRoom(LongSupplier usable) {
        this.usable = usable;
    }

    /**
     * The room on the disk that has a file, which need not exist.
     *
     * @param file no symbolic link, which may lead to another disk
     */
    static DiskRoom of(Path file) {
        File directory = StoreFiles.directory(file.toAbsolutePath()).toFile();
        return new DiskRoom(
                () ->
                        directory.getTotalSpace() == 0 // it does not say
                                ? Long.MAX_VALUE
                                : directory.getUsableSpace());
    }

    /**
     * Does nothing if some bytes can be written, and the server can go on to write after that.
     *
     * @throws IOException if there is less room, with the figures
     */
    void require(long bytes) throws IOException {
        long room = usable.getAsLong();
        if (room - bytes < RESERVE_BYTES) {
            throw new IOException(
                    "too little room on the disk of the store: usable="
                            + room
                            + ", needed="
                            + bytes
                            + ", kept for the server="
                            + RESERVE_BYTES
                            + " bytes");
        }
    }
}
