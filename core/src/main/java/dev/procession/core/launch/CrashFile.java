package dev.procession.core.launch;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Finds the report that a JVM writes when it crashes in native code. */
final class CrashFile {

    private CrashFile() {}

    /** Looks where HotSpot writes it: in the working directory, then in {@code /tmp}. */
    static @Nullable Path find(long pid, @Nullable Path directory) {
        String name = "hs_err_pid" + pid + ".log";
        Path working = directory != null ? directory : Path.of(System.getProperty("user.dir"));
        Path file = working.resolve(name);
        if (Files.exists(file)) {
            return file;
        }
        Path temporary = Path.of("/tmp").resolve(name);
        return Files.exists(temporary) ? temporary : null;
    }
}
