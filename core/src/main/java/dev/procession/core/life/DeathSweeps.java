package dev.procession.core.life;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.log.Log;
import dev.procession.core.memory.DeathProbe;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The sweeps of this process. A process whose children alone use a module finds its sweep through
 * {@link Services}, which opens all jars of the class path: only when there is a file that may need
 * it. What fails is tried again at the next death.
 */
public final class DeathSweeps {

    private static final Log LOG = Log.of(DeathSweeps.class);

    @GuardedBy("DeathSweeps.class")
    private static final List<DeathSweep> SWEEPS = new ArrayList<>();

    private DeathSweeps() {}

    /** Adds the sweep of a module that is used; does nothing from the second time on. */
    public static synchronized void add(DeathSweep sweep) {
        for (DeathSweep known : SWEEPS) {
            if (known.getClass() == sweep.getClass()) {
                return;
            }
        }
        SWEEPS.add(sweep);
    }

    private static synchronized List<DeathSweep> all() {
        return List.copyOf(SWEEPS);
    }

    /**
     * Sweeps a directory after a death, as {@link DeathSweep#afterDeathOf} does.
     *
     * @param directory the directory of the files; it may be gone
     * @param dead the member number of the dead process
     * @param self the member number of this process
     * @param probe checks if other members are dead
     */
    public static void run(Path directory, long dead, long self, DeathProbe probe) {
        List<DeathSweep> sweeps = all();
        if (sweeps.isEmpty()) {
            if (!hasQueues(directory)) {
                return;
            }
            load();
            sweeps = all();
        }
        for (DeathSweep sweep : sweeps) {
            sweep.afterDeathOf(directory, dead, self, probe);
        }
    }

    private static boolean hasQueues(Path directory) {
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(directory, DirectoryLayout.QUEUES)) {
            return files.iterator().hasNext();
        } catch (NoSuchFileException e) {
            return false; // there is no spare directory, or the session is over
        } catch (IOException e) {
            LOG.report(Level.WARNING, "cannot look for files of a dead process: " + directory, e);
            return false;
        }
    }

    /** Adds the sweeps of all modules that this program has. */
    private static void load() {
        for (DeathSweep sweep :
                Services.load(
                        DeathSweep.class,
                        e ->
                                LOG.report(
                                        Level.WARNING,
                                        "a module's files are not removed after the death of a"
                                                + " process",
                                        e))) {
            add(sweep);
        }
    }
}
