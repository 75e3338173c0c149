package dev.procession.bench;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A temporary directory of one rival.
 *
 * @param directory where it is
 */
record Scratch(Path directory) implements AutoCloseable {

    private static final Path MEMORY = Path.of("/dev/shm");
    private static final String PREFIX = "procession-bench-";

    static Scratch create() throws IOException {
        return new Scratch(Files.createTempDirectory(PREFIX));
    }

    /** The same on a file system in memory, if there is one. */
    static Scratch createInMemory() throws IOException {
        return Files.isWritable(MEMORY)
                ? new Scratch(Files.createTempDirectory(MEMORY, PREFIX))
                : create();
    }

    @Override
    public void close() throws IOException {
        if (Files.exists(directory)) {
            MoreFiles.deleteRecursively(directory, RecursiveDeleteOption.ALLOW_INSECURE);
        }
    }
}
