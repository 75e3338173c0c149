package dev.procession.core.life;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who of a circle of members is dead. Death is for ever, so it is asked for once: what a dead
 * member left is removed, and a missing file is dear to ask about. Thread-safe.
 */
final class DeadMembers {

    /** Of the dead, the last ones to be asked for. */
    private static final int MOST_KNOWN = 1024;

    private final Path home;
    private final String tag;

    @GuardedBy("known")
    private final Map<Long, Boolean> known = new LinkedHashMap<>();

    /**
     * The members of a directory.
     *
     * @param tag as in {@link Membership#claim(Path, String)}
     */
    DeadMembers(Path home, String tag) {
        this.home = home;
        this.tag = tag;
    }

    /** True if the kernel says that another process, with this number, is dead. */
    boolean isDead(long member) throws IOException {
        return isDead(member, true);
    }

    /**
     * The same for a directory whose name others may have by now.
     *
     * @param theirs false if the files in it are those of others, and say nothing of these members
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

    /** This member has been proven dead. */
    void add(long member) {
        synchronized (known) {
            if (known.size() == MOST_KNOWN) {
                known.remove(known.keySet().iterator().next());
            }
            known.put(member, true);
        }
    }
}
