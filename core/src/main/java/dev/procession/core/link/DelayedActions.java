package dev.procession.core.link;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.log.Log;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Actions that run after the link server's thread has read the links some more times. Any thread
 * adds them; the link server's thread runs them. Each action runs once, and a failure is logged.
 */
final class DelayedActions {

    private static final Log LOG = Log.of(DelayedActions.class);

    private final int passes;

    /** True when the link server's thread runs no actions any more. */
    @GuardedBy("this")
    private boolean finished;

    @GuardedBy("this")
    private final List<DelayedAction> actions = new ArrayList<>();

    private static final class DelayedAction {
        private final Runnable action;
        private int passesLeft;

        DelayedAction(Runnable action, int passes) {
            this.action = action;
            this.passesLeft = passes;
        }

        void run() {
            try {
                action.run();
            } catch (Throwable e) {
                LOG.report(Level.ERROR, "an action after a child's last frame failed", e);
            }
        }
    }

    /**
     * Creates an empty list.
     *
     * @param passes how often {@link #runDue} is called before an action runs, the last call
     *     included
     */
    DelayedActions(int passes) {
        this.passes = passes;
    }

    /** Adds an action; true if it is delayed, false if it has run, because no pass follows. */
    boolean add(Runnable action) {
        DelayedAction next = new DelayedAction(action, passes);
        synchronized (this) {
            if (!finished) {
                actions.add(next);
                return true;
            }
        }
        next.run();
        return false;
    }

    /** True if no action is delayed. */
    synchronized boolean isEmpty() {
        return actions.isEmpty();
    }

    /** Counts a pass, and runs the actions whose last pass it was. */
    void runDue() {
        List<DelayedAction> due = new ArrayList<>(0);
        synchronized (this) {
            for (Iterator<DelayedAction> each = actions.iterator(); each.hasNext(); ) {
                DelayedAction next = each.next();
                if (--next.passesLeft <= 0) {
                    due.add(next); // before it is removed: an Error in between loses no action
                    each.remove();
                }
            }
        }
        for (DelayedAction each : due) {
            each.run();
        }
    }

    /** Runs all actions; later ones run when they are added. */
    void finish() {
        List<DelayedAction> rest;
        synchronized (this) {
            finished = true;
            rest = List.copyOf(actions);
            actions.clear();
        }
        for (DelayedAction each : rest) {
            each.run();
        }
    }
}
