package dev.procession.core.launch;

import dev.procession.core.ProcessOutput;
import java.io.IOException;

/**
 * Makes the start-up archive of its own class path and JVM at once, for example while a container
 * image is built: {@code java -cp CLASSPATH dev.procession.core.launch.ArchiveTool}. Prints the
 * archive's path and size; without an archive, prints the reason and exits with 1.
 */
public final class ArchiveTool {

    private ArchiveTool() {}

    /** Takes no arguments. */
    public static void main(String[] args) throws InterruptedException {
        LaunchOptions options = LaunchOptions.of("archive", ProcessOutput.discard());
        ArchiveKey key = StartupArchive.key(options);
        String failure;
        try {
            failure =
                    key == null
                            ? "archives are off, or the class path is not made of JARs alone"
                            : new ArchiveTraining(key, options, false).run();
        } catch (IOException e) {
            failure = e.toString();
        }
        if (key == null || failure != null) {
            System.err.println("procession: no start-up archive: " + failure);
            System.exit(1);
        } else {
            System.out.println(key.archive() + " " + key.archive().length() + " bytes");
        }
    }
}
