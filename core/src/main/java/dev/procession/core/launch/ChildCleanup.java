package dev.procession.core.launch;

import dev.procession.core.lane.LaneSweep;
import dev.procession.core.life.DeathSweeps;
import dev.procession.core.life.Session;
import dev.procession.core.log.Log;
import java.lang.System.Logger.Level;
import java.nio.file.Path;

/**
 * Removes the files of a child that has ended, on a thread of that child: its files may be many,
 * and the locks of its queues taken. A step that fails is logged, and the next one runs; a later
 * sweep removes what is left.
 */
final class ChildCleanup {

    private static final Log LOG = Log.of(ChildCleanup.class);

    private ChildCleanup() {}

    /** Removes the files of a dead member. */
    static void run(Session session, long member, String name) {
        attempt(name, () -> LaneSweep.afterDeathOf(session, member));
        attempt(name, () -> sweepQueues(session, session.home(), member));
        attempt(name, () -> sweepQueues(session, session.spare(), member));
        attempt(name, () -> session.forget(member)); // last: its life file leads to the rest
    }

    private static void sweepQueues(Session session, Path directory, long member) {
        DeathSweeps.run(directory, member, session.self(), session::isDead);
    }

    private static void attempt(String name, Runnable step) {
        try {
            step.run();
        } catch (Throwable e) {
            LOG.report(Level.WARNING, "could not remove all that a child left: name=" + name, e);
        }
    }
}
