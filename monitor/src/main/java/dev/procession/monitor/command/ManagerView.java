package dev.procession.monitor.command;

import dev.procession.core.snapshot.ManagerSnapshot;
import java.util.function.Consumer;
import org.jline.utils.AttributedStyle;
import org.jspecify.annotations.Nullable;

/** A manager's server as lines of text: its figures, its largest objects, and its locks. */
final class ManagerView {

    private static final String INDENT = "  ";
    private static final int MOST_OBJECTS = 5;
    private static final int MOST_LOCKS = 20;
    private static final int MOST_WAITERS = 8;

    /** Seconds after which a lock that is waited for is conspicuous. */
    private static final double LONG_WAIT = 5;

    private final ManagerSnapshot manager;
    private final ProcessNames processes;
    private final Consumer<Line> lines;

    /** A line with its style. */
    record Line(AttributedStyle style, String text) {}

    private ManagerView(ManagerSnapshot manager, ProcessNames processes, Consumer<Line> lines) {
        this.manager = manager;
        this.processes = processes;
        this.lines = lines;
    }

    static void add(ManagerSnapshot manager, ProcessNames processes, Consumer<Line> lines) {
        ManagerView view = new ManagerView(manager, processes, lines);
        view.figures();
        view.objects();
        view.locks();
    }

    private void line(AttributedStyle style, String text) {
        lines.accept(new Line(style, text));
    }

    private void figures() {
        StringBuilder text = new StringBuilder("manager ").append(Words.safe(manager.address()));
        text.append(": pid ").append(manager.pid());
        if (manager.silent() == null) {
            text.append(", ").append(Words.count(manager.clients().size(), "client", "clients"));
            text.append(", ").append(Words.count(allObjects(), "object", "objects"));
        }
        text.append(", ").append(Words.bytes(manager.bytes()));
        text.append(" of ").append(Words.bytes(manager.maxBytes()));
        text.append(", ").append(Words.count(manager.operations())).append(" requests, ");
        text.append(Words.count(manager.waitingRequests())).append(" waiting");
        line(Style.PLAIN, text.toString());
        if (manager.silent() != null) {
            String reason = Words.safe(manager.silent());
            line(Style.ODD, INDENT + "tells nothing of its objects: " + reason);
        }
        if (manager.failures() > 0) {
            String failures = Words.count(manager.failures(), "failure", "failures");
            line(Style.BAD, INDENT + failures + " of the server's own");
        }
    }

    private long allObjects() {
        return (long) manager.objects().size() + manager.moreObjects();
    }

    private void objects() {
        int shown = 0;
        for (ManagerSnapshot.SharedObject object : manager.objects()) {
            if (shown++ == MOST_OBJECTS) {
                break;
            }
            line(
                    Style.PLAIN,
                    INDENT + object.kind() + " " + name(object.name()) + ": " + content(object));
        }
        more(allObjects() - MOST_OBJECTS, "object", "objects");
    }

    private void more(long count, String one, String many) {
        if (count > 0) {
            line(
                    Style.PLAIN,
                    INDENT + "and " + Words.count(count) + " more " + (count == 1 ? one : many));
        }
    }

    private static String name(@Nullable String name) {
        return name == null ? "without a name" : Words.safe(name);
    }

    /** Says how much is in an object, in the words of its kind. */
    private static String content(ManagerSnapshot.SharedObject object) {
        long size = object.size();
        String text =
                switch (object.kind()) {
                    case "dict", "namespace" -> Words.count(size, "entry", "entries");
                    case "list", "queue", "set" -> Words.count(size, "element", "elements");
                    case "value", "event" -> size > 0 ? "set" : "not set";
                    case "lock", "rlock" -> size > 0 ? "held" : "free";
                    case "semaphore" -> Words.count(size, "permit", "permits") + " free";
                    case "barrier" -> "of " + Words.count(size, "party", "parties");
                    case "object" -> "of a user's class";
                    default -> Words.count(size);
                };
        if (object.bytes() > 0) {
            text += ", " + Words.bytes(object.bytes());
        }
        return object.waiting() > 0
                ? text + ", " + Words.count(object.waiting()) + " waiting"
                : text;
    }

    private void locks() {
        int shown = 0;
        for (ManagerSnapshot.Lock lock : manager.locks()) {
            if (shown++ == MOST_LOCKS) {
                break;
            }
            line(style(lock), text(lock));
        }
        more((long) manager.locks().size() + manager.moreLocks() - MOST_LOCKS, "lock", "locks");
    }

    private static AttributedStyle style(ManagerSnapshot.Lock lock) {
        if (lock.abandoned()) {
            return Style.BAD;
        }
        boolean isLong = lock.waiters().stream().anyMatch(one -> one.waited() > LONG_WAIT);
        return isLong ? Style.ODD : Style.PLAIN;
    }

    private String text(ManagerSnapshot.Lock lock) {
        StringBuilder text = new StringBuilder(INDENT).append("lock ").append(name(lock.name()));
        if (lock.holder() == 0) {
            text.append(": free");
        } else {
            text.append(": held by ").append(processes.of(lock.holder()));
            text.append(", thread ").append(lock.holderThread());
            text.append(", for ").append(Words.time(lock.heldFor()));
        }
        if (lock.abandoned()) {
            text.append(", a holder has died");
        }
        String separator = "; waiting: ";
        int shown = 0;
        for (ManagerSnapshot.Waiter waiter : lock.waiters()) {
            if (shown++ == MOST_WAITERS) {
                break;
            }
            text.append(separator).append(processes.of(waiter.pid()));
            text.append(" for ").append(Words.time(waiter.waited()));
            separator = ", ";
        }
        long more = (long) lock.waiters().size() + lock.moreWaiters() - MOST_WAITERS;
        if (more > 0) {
            text.append(", and ").append(Words.count(more)).append(" more");
        }
        if (lock.awaiting() > 0) {
            text.append("; ").append(Words.count(lock.awaiting(), "thread", "threads"));
            text.append(lock.awaiting() == 1 ? " awaits" : " await").append(" a condition");
        }
        return text.toString();
    }
}
