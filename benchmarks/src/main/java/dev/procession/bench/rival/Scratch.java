package dev.procession.bench.rival;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A temporary directory of one rival.
 *
 * @param directory where it is
 */
public record Scratch(Path directory) implements AutoCloseable {

    private static final Path MEMORY = Path.of("/dev/shm");
    private static final String PREFIX = "procession-bench-";

    private static final Set<Scratch> OPEN = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Scratch::deleteAll, "scratch-end"));
    }

    public static Scratch create() throws IOException {
        return open(Files.createTempDirectory(PREFIX));
    }

    /** The same on a file system in memory, if there is one. */
    public static Scratch createInMemory() throws IOException {
        return Files.isWritable(MEMORY)
                ? open(Files.createTempDirectory(MEMORY, PREFIX))
                : create();
    }

    private static Scratch open(Path directory) {
        Scratch scratch = new Scratch(directory);
        OPEN.add(scratch);
        return scratch;
    }

    /** Deletes the open directories of a run that ends early. */
    private static void deleteAll() {
        for (Scratch scratch : OPEN) {
            try {
                scratch.close();
            } catch (IOException e) {
                System.err.println("cannot delete: " + scratch.directory() + ": " + e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        OPEN.remove(this);
        if (Files.exists(directory)) {
            MoreFiles.deleteRecursively(directory, RecursiveDeleteOption.ALLOW_INSECURE);
        }
    }
}
