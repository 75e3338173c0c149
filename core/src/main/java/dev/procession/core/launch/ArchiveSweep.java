package dev.procession.core.launch;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import dev.procession.core.log.Log;
import java.io.File;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Removes unused archives and the leftovers of dead trainers. A JVM that has mapped a removed
 * archive keeps it; one that starts later runs without.
 */
final class ArchiveSweep {

    private static final Log LOG = Log.of(ArchiveSweep.class);

    private static final long UNUSED_MILLIS = TimeUnit.DAYS.toMillis(30);
    private static final long REPLACED_MILLIS = TimeUnit.HOURS.toMillis(1);
    private static final String LOCK = ".lock";
    private static final String TEMPORARY = ".tmp";

    private ArchiveSweep() {}

    /** Removes all temporary files of a key; the caller holds the key's lock. */
    static void leftovers(ArchiveKey key) {
        for (File file : list(key)) {
            String name = file.getName();
            if (name.startsWith(key.prefix()) && name.endsWith(TEMPORARY)) {
                deleteWithSession(file);
            }
        }
    }

    /**
     * Removes other keys' files that were not used for a long time, or for an hour if they are
     * temporary or of the same class path before a build. Not at once, for two containers with
     * different JARs at the same path may share one cache.
     */
    static void unused(ArchiveKey key) {
        long now = System.currentTimeMillis();
        for (File file : list(key)) {
            String name = file.getName();
            int dot = name.indexOf('.');
            if (dot < 0 || name.startsWith(key.prefix())) {
                continue;
            }
            File lock = new File(key.directory(), name.substring(0, dot) + LOCK);
            long used = Math.max(lock.lastModified(), file.lastModified());
            boolean replaced = name.startsWith(key.pathsPrefix()) || name.endsWith(TEMPORARY);
            if (now - used > (replaced ? REPLACED_MILLIS : UNUSED_MILLIS) && isOurs(name, dot)) {
                deleteWithSession(file);
            }
        }
    }

    private static boolean isOurs(String name, int dot) {
        return dot == 33
                && (name.endsWith(LOCK)
                        || name.endsWith(TEMPORARY)
                        || name.endsWith(".jsa")
                        || name.endsWith(".aot"));
    }

    private static File[] list(ArchiveKey key) {
        File[] files = key.directory().listFiles();
        return files == null ? new File[0] : files;
    }

    /** Removes a file, or the directory of a trainer's session and then the trainer's own. */
    private static void deleteWithSession(File file) {
        Path link = file.toPath().resolve(ArchiveKey.SESSION_LINK);
        try {
            if (Files.isSymbolicLink(link)) {
                delete(Files.readSymbolicLink(link));
            }
            delete(file.toPath());
        } catch (IOException e) { // the directory and its link stay for the next sweep
            LOG.log(Level.DEBUG, "could not remove an old start-up archive: {0}", e.toString());
        }
    }

    private static void delete(Path file) throws IOException {
        try {
            MoreFiles.deleteRecursively(file, RecursiveDeleteOption.ALLOW_INSECURE);
        } catch (NoSuchFileException e) {
            // It never existed, or another process removed it first.
        }
    }
}
