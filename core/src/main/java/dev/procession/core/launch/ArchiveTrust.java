package dev.procession.core.launch;

import dev.procession.core.log.Log;
import java.io.File;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Decides from which directories start-up archives are read. */
final class ArchiveTrust {

    private static final Log LOG = Log.of(ArchiveTrust.class);

    /** The results of {@link #isTrusted}, computed once for each directory. */
    private static final Map<File, Boolean> TRUSTED = new HashMap<>();

    private ArchiveTrust() {}

    /**
     * True if only this user and root can write to the directory, because children run the code in
     * an archive.
     */
    static boolean isTrusted(File directory) {
        synchronized (TRUSTED) {
            Boolean known = TRUSTED.get(directory);
            if (known == null) {
                known = belongsToUser(directory.toPath());
                TRUSTED.put(directory, known);
            }
            return known;
        }
    }

    private static boolean belongsToUser(Path directory) {
        try {
            int mode = (int) Files.getAttribute(directory, "unix:mode");
            int owner = (int) Files.getAttribute(directory, "unix:uid");
            int self = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            boolean trusted = (owner == self || owner == 0) && (mode & 022) == 0;
            if (!trusted) {
                LOG.log(
                        Level.INFO,
                        "no start-up archives from a directory that others can write:"
                                + " path={0}",
                        directory);
            }
            return trusted;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            LOG.log(Level.DEBUG, "no start-up archives: {0}", e.toString());
            return false;
        }
    }
}
