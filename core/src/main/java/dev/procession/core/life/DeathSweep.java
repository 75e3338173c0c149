package dev.procession.core.life;

import dev.procession.core.log.Log;
import dev.procession.core.memory.DeathProbe;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * Removes one kind of files that a dead process left in a directory that it shared with this
 * process. A module that keeps files there provides a sweep through {@link ServiceLoader}, which is
 * loaded at the first death. Files of a module that this process does not have are removed with the
 * directory.
 */
public interface DeathSweep {

    /**
     * Sweeps a directory after a death. Another process may do the same at the same time, and may
     * die during its sweep, so a sweep only reads and deletes, and can be repeated. It logs its
     * failures and throws nothing.
     *
     * @param directory the directory of the files; it may be gone
     * @param dead the member number of the dead process
     * @param self the member number of this process
     * @param probe checks if other members are dead
     */
    void afterDeathOf(Path directory, long dead, long self, DeathProbe probe);

    /** Runs the sweeps of all modules of this program. */
    static void runAll(Path directory, long dead, long self, DeathProbe probe) {
        for (DeathSweep sweep : Provided.SWEEPS) {
            sweep.afterDeathOf(directory, dead, self, probe);
        }
    }

    /** The sweeps of this program. */
    final class Provided {

        private static final Log LOG = Log.of(DeathSweep.class);
        private static final List<DeathSweep> SWEEPS = load();

        private Provided() {}

        private static List<DeathSweep> load() {
            List<DeathSweep> sweeps = new ArrayList<>();
            Iterator<DeathSweep> provided =
                    ServiceLoader.load(DeathSweep.class, DeathSweep.class.getClassLoader())
                            .iterator();
            while (true) {
                try {
                    if (!provided.hasNext()) {
                        return List.copyOf(sweeps);
                    }
                    sweeps.add(provided.next());
                } catch (ServiceConfigurationError e) {
                    LOG.report(
                            Level.WARNING,
                            "a module's files are not removed after the death of a process",
                            e);
                }
            }
        }
    }
}
