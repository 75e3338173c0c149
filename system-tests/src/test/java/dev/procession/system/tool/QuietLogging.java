package dev.procession.system.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A server logs each connection that it closes; in some tests these are too many to read. */
public final class QuietLogging {

    private QuietLogging() {}

    /** Returns a JVM argument by which only severe failures are logged. */
    public static String argument(Path directory) throws IOException {
        Path file =
                Files.writeString(
                        directory.resolve("logging"),
                        "handlers=java.util.logging.ConsoleHandler\n.level=SEVERE\n");
        return "-Djava.util.logging.config.file=" + file;
    }
}
