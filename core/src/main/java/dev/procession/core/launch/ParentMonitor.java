package dev.procession.core.launch;

import dev.procession.core.life.ProcStat;
import dev.procession.core.life.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Whether the parent of a child that waits for its work has died: what the kernel says of the lock
 * on its membership file.
 *
 * <p>A root's first child may be up before that file is there. Then the kernel's word is that a
 * process gets another parent when its own dies; a launcher in between, a script say, hides that,
 * and then this waits a moment for the file and gives up.
 */
final class ParentMonitor {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long DOUBTFUL_PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    private final Path home;
    private final long member;
    private final long pid;
    private final long since = System.nanoTime();
    private boolean wasOurs;

    ParentMonitor(Path home, long member, long pid) {
        this.home = home;
        this.member = member;
        this.pid = pid;
    }

    /** Does not return when the parent is dead. */
    void exitIfDead() throws IOException {
        if (isDead()) {
            ParentConnection.exit(ExitCode.PARENT_GONE);
        }
    }

    private boolean isDead() throws IOException {
        if (Session.hasJoined(home, member)) {
            return Session.isDead(home, member);
        }
        boolean isOurs = ProcStat.read().parentPid() == pid;
        if (wasOurs && !isOurs) {
            return true;
        }
        wasOurs |= isOurs;
        long waited = System.nanoTime() - since;
        return waited > (wasOurs ? PATIENCE_NANOS : DOUBTFUL_PATIENCE_NANOS);
    }
}
