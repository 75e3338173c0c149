package dev.procession.core.launch;

import dev.procession.core.life.ProcStat;
import dev.procession.core.life.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Detects the death of the parent while a child waits for its work, by the kernel's lock on the
 * parent's life file.
 *
 * <p>A root's first child may run before that file exists. Until then it compares its parent's
 * process id, because the kernel gives an orphan another parent. If a launcher, such as a script,
 * runs in between, the ids never match; then the child waits 400 ms for the file and exits.
 */
final class ParentMonitor {

    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long UNRELATED_TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

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

    /** Exits this JVM if the parent is dead. */
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
        return waited > (wasOurs ? TIMEOUT_NANOS : UNRELATED_TIMEOUT_NANOS);
    }
}
