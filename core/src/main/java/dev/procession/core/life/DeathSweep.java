package dev.procession.core.life;

import dev.procession.core.memory.DeathProbe;
import java.nio.file.Path;

/**
 * Removes one kind of files that a dead process left in a directory that it shared with this
 * process. A module that keeps files there adds its sweep to {@link DeathSweeps} when it is used,
 * and provides it through {@link java.util.ServiceLoader} for processes that do not use it.
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
}
