package dev.procession.system.program;

import dev.procession.testing.SessionFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What this process uses at an instant, after a garbage collection.
 *
 * @param residentKib the memory that it has
 * @param heapKib what is used of its heap
 * @param mappings how many parts its memory has
 * @param descriptors how many are open
 * @param threads how many there are
 * @param files how many files its session has beside its own
 * @param fileKib how long these are together
 */
record Usage(
        long residentKib,
        long heapKib,
        long mappings,
        long descriptors,
        long threads,
        long files,
        long fileKib) {

    private static final int KIB = 1 << 10;

    /** Measures this process. */
    static Usage now() {
        System.gc(); // mappings and descriptors that nothing refers to go away by it
        Runtime runtime = Runtime.getRuntime();
        List<String> session = SessionFiles.ofOthersHere();
        return new Usage(
                status("VmRSS:"),
                (runtime.totalMemory() - runtime.freeMemory()) / KIB,
                lines("/proc/self/maps"),
                entries("/proc/self/fd"),
                status("Threads:"),
                session.size(),
                session.stream().mapToLong(Usage::length).sum() / KIB);
    }

    private static long status(String name) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith(name))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long entries(String directory) {
        try (Stream<Path> entries = Files.list(Path.of(directory))) {
            return entries.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long lines(String file) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long length(String file) {
        return Path.of(file).toFile().length(); // 0 if it has gone meanwhile
    }
}
