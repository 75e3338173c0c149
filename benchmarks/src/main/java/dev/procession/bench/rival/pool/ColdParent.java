package dev.procession.bench.rival.pool;

import dev.procession.pool.ProcessPoolExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/**
 * A program that has just started, makes a pool with one worker and waits for its first result.
 * Prints how many nanoseconds that took, and whether the worker runs from a start-up archive.
 */
public final class ColdParent {

    private ColdParent() {}

    /** Takes no arguments. */
    public static void main(String[] args) throws InterruptedException, ExecutionException {
        int i = args.length;
        long start = System.nanoTime();
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            int result = pool.submit(() -> i + 1).get();
            long nanos = System.nanoTime() - start;
            if (result != i + 1) {
                throw new IllegalStateException("a wrong result: " + result);
            }
            boolean archived = pool.submit(() -> isArchiveMapped()).get();
            System.out.println(nanos + " " + archived);
        }
    }

    /**
     * A JVM silently refuses an archive that does not fit, so the test is whether it has mapped
     * one.
     */
    private static boolean isArchiveMapped() throws IOException {
        try (Stream<String> mappings = Files.lines(Path.of("/proc/self/maps"))) {
            String home = System.getProperty("java.home");
            return mappings.filter(line -> line.endsWith(".jsa") || line.endsWith(".aot"))
                    .anyMatch(line -> !line.contains(home));
        }
    }
}
