package dev.procession.monitor.command;

import dev.procession.core.snapshot.QueueSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jline.utils.AttributedStyle;

/** Queues as lines of text: a table of their figures, then who waits and who has leased what. */
final class QueuesView {

    private static final int MOST_LEASES = 5;

    /** A line with its style. */
    record Line(AttributedStyle style, String text) {}

    private QueuesView() {}

    static Table table(List<QueueSnapshot> queues) {
        Table table =
                new Table(
                        Table.Column.flexible("QUEUE", 12),
                        Table.Column.number("SIZE", 0, 7),
                        Table.Column.number("CAPACITY", 2, 8),
                        Table.Column.number("OLDEST", 1, 7),
                        Table.Column.number("BYTES", 3, 6),
                        Table.Column.number("LEASED", 1, 6),
                        Table.Column.text("USED BY", 4, 8));
        for (QueueSnapshot queue : queues) {
            table.add(
                    Style.PLAIN,
                    name(queue) + (queue.closed() ? " (closed)" : ""),
                    Words.count(queue.size()),
                    Words.count(queue.capacity()),
                    queue.size() == 0 || queue.oldestAge() == 0
                            ? ""
                            : ">" + Words.time(queue.oldestAge()),
                    Words.bytes(queue.bytes()),
                    Words.count(queue.leases().size()),
                    users(queue));
        }
        return table;
    }

    private static String name(QueueSnapshot queue) {
        return Words.safe(queue.name() == null ? queue.file() : queue.name());
    }

    private static String users(QueueSnapshot queue) {
        List<Long> living = new ArrayList<>();
        int dead = 0;
        for (QueueSnapshot.User user : queue.users()) {
            if (user.pid() == 0) {
                dead++;
            } else {
                living.add(user.pid());
            }
        }
        String pids = MachineView.pids(living);
        return dead == 0 ? pids : pids + (pids.isEmpty() ? "" : ", ") + dead + " dead";
    }

    static void addDetails(List<QueueSnapshot> queues, Consumer<Line> lines) {
        for (QueueSnapshot queue : queues) {
            waiting(queue, "element", "an element", lines);
            waiting(queue, "room", "room", lines);
            waiting(queue, "idle", "the end of all elements", lines);
            leases(queue, lines);
        }
    }

    private static void waiting(
            QueueSnapshot queue, String waitsFor, String what, Consumer<Line> lines) {
        List<Long> pids = new ArrayList<>();
        for (QueueSnapshot.User user : queue.users()) {
            if (waitsFor.equals(user.waitsFor())) {
                pids.add(user.pid());
            }
        }
        if (!pids.isEmpty()) {
            String text = name(queue) + ": " + MachineView.pids(pids) + " waits for " + what;
            lines.accept(new Line(Style.PLAIN, text));
        }
    }

    private static void leases(QueueSnapshot queue, Consumer<Line> lines) {
        List<QueueSnapshot.Lease> leases = new ArrayList<>(queue.leases());
        leases.sort(Comparator.comparing(QueueSnapshot.Lease::age).reversed());
        for (QueueSnapshot.Lease lease : leases.subList(0, Math.min(MOST_LEASES, leases.size()))) {
            String holder = lease.holder() == 0 ? "a dead process" : "process " + lease.holder();
            lines.accept(
                    new Line(
                            lease.holder() == 0 ? Style.BAD : Style.PLAIN,
                            name(queue)
                                    + ": element "
                                    + lease.number()
                                    + " is leased to "
                                    + holder
                                    + (lease.age() > 0 ? " for " + Words.time(lease.age()) : "")));
        }
        if (leases.size() > MOST_LEASES) {
            String more = Words.count(leases.size() - MOST_LEASES) + " more elements are leased";
            lines.accept(new Line(Style.PLAIN, name(queue) + ": " + more));
        }
    }
}
