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
 * Removes what a dead process left of one kind of thing in a directory that it shared with this
 * one. A module that keeps files there provides one, by {@link ServiceLoader}; it is loaded at the
 * first death. What a process leaves of a module that only other processes have goes with the
 * directory.
 */
public interface DeathSweep {

    /**
     * Looks at a directory after a death. Another process may do the same at the same time, and may
     * die of it, so a sweep looks and deletes, and can be repeated. It logs what it cannot do and
     * throws nothing.
     *
     * @param directory where the files are; it may be gone
     * @param dead the number of the process that has died
     * @param self the number of this process
     * @param probe says which others are dead
     */
    void afterDeathOf(Path directory, long dead, long self, DeathProbe probe);

    /** Runs the sweeps of all modules that this program has. */
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
