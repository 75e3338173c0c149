package dev.procession.monitor.command;

import dev.procession.core.snapshot.ManagerSnapshot;
import java.util.function.Consumer;
import org.jline.utils.AttributedStyle;

/** A manager's server as lines of text: its figures, its largest objects, and its locks. */
final class ManagerView {

    private static final String INDENT = "  ";
    private static final int MOST_OBJECTS = 5;

    /** A line with its style. */
    record Line(AttributedStyle style, String text) {}

    private ManagerView() {}

    static void add(ManagerSnapshot manager, Consumer<Line> lines) {
        StringBuilder text = new StringBuilder("manager ").append(Words.safe(manager.address()));
        text.append(": pid ").append(manager.pid());
        text.append(", ").append(Words.count(manager.clients().size(), "client", "clients"));
        text.append(", ").append(Words.count(objects(manager), "object", "objects"));
        text.append(", ").append(Words.bytes(manager.bytes()));
        text.append(" of ").append(Words.bytes(manager.maxBytes()));
        text.append(", ").append(Words.count(manager.operations())).append(" requests, ");
        text.append(Words.count(manager.waitingRequests())).append(" waiting");
        lines.accept(new Line(Style.PLAIN, text.toString()));
        if (manager.failures() > 0) {
            String failures = Words.count(manager.failures(), "failure", "failures");
            lines.accept(new Line(Style.BAD, INDENT + failures + " of the server's own"));
        }
        int shown = 0;
        for (ManagerSnapshot.SharedObject object : manager.objects()) {
            if (shown++ == MOST_OBJECTS) {
                break;
            }
            lines.accept(
                    new Line(
                            Style.PLAIN,
                            INDENT
                                    + object.kind()
                                    + " "
                                    + (object.name() == null
                                            ? "without a name"
                                            : Words.safe(object.name()))
                                    + ": "
                                    + Words.count(object.size())
                                    + (object.bytes() > 0
                                            ? ", " + Words.bytes(object.bytes())
                                            : "")));
        }
        if (objects(manager) > MOST_OBJECTS) {
            String more = Words.count(objects(manager) - MOST_OBJECTS, "object", "objects");
            lines.accept(new Line(Style.PLAIN, INDENT + "and " + more + " more"));
        }
        for (ManagerSnapshot.Lock lock : manager.locks()) {
            lines.accept(new Line(lock.abandoned() ? Style.BAD : Style.PLAIN, lock(lock)));
        }
    }

    private static long objects(ManagerSnapshot manager) {
        return (long) manager.objects().size() + manager.moreObjects();
    }

    private static String lock(ManagerSnapshot.Lock lock) {
        StringBuilder text = new StringBuilder(INDENT).append("lock ");
        text.append(lock.name() == null ? "without a name" : Words.safe(lock.name()));
        if (lock.holder() == 0) {
            text.append(": free");
        } else {
            text.append(": held by ").append(lock.holder());
            text.append(" (thread ").append(lock.holderThread()).append(") for ");
            text.append(Words.time(lock.heldFor()));
        }
        if (lock.abandoned()) {
            text.append(", a holder has died");
        }
        String separator = "; waiting: ";
        for (ManagerSnapshot.Waiter waiter : lock.waiters()) {
            text.append(separator).append(waiter.pid());
            text.append(" for ").append(Words.time(waiter.waited()));
            separator = ", ";
        }
        return text.toString();
    }
}
