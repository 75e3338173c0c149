package dev.procession.core.life;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The members of a directory that were proven dead. A death is final, so it is proven once and
 * remembered: the files of a dead member are removed, and a probe of a missing file is expensive.
 * Thread-safe.
 */
final class DeadMembers {

    /** The most dead members that are remembered, the latest ones. */
    private static final int MOST_KNOWN = 1024;

    private final Path home;
    private final String tag;

    @GuardedBy("known")
    private final Map<Long, Boolean> known = new LinkedHashMap<>();

    /**
     * Remembers the dead members of a directory.
     *
     * @param tag as in {@link Membership#claim(Path, String)}
     */
    DeadMembers(Path home, String tag) {
        this.home = home;
        this.tag = tag;
    }

    /** True if the kernel has proven that the other process with this number is dead. */
    boolean isDead(long member) throws IOException {
        return isDead(member, true);
    }

    /**
     * The same for a directory whose name other members may have taken over.
     *
     * @param theirs false if the files in the directory belong to other members, and prove nothing
     *     about these
     */
    boolean isDead(long member, boolean theirs) throws IOException {
        synchronized (known) {
            if (known.containsKey(member)) {
                return true;
            }
        }
        Path file = DirectoryLayout.lifeFile(home, member);
        if (theirs ? !LockProbe.isFree(file, tag) : !LockProbe.isClosed(file, tag)) {
            return false;
        }
        add(member);
        return true;
    }

    /** Remembers a member that was proven dead. */
    void add(long member) {
        synchronized (known) {
            if (known.size() == MOST_KNOWN) {
                known.remove(known.keySet().iterator().next());
            }
            known.put(member, true);
        }
    }
}
