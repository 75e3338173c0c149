package dev.procession.queue;

import dev.procession.core.life.NamedMembers;
import dev.procession.core.life.Session;
import dev.procession.queue.ring.QueueShape;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The queues that this process is attached to: it attaches to each only once. Thread-safe;
 * attaching to one queue waits for attaching to another.
 */
final class OpenQueues {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,39}");

    private static final Map<Path, WeakReference<QueueCore>> CORES = new HashMap<>();

    /** Strongly held until they end: this process is a member of the name's domain. */
    private static final Map<String, QueueCore> NAMED = new HashMap<>();

    private OpenQueues() {}

    /** Makes a queue without a name. */
    static synchronized QueueCore create(QueueShape shape) throws IOException {
        return remember(QueueCore.create(Session.current(), shape, OpenQueues::forget));
    }

    /**
     * Attaches to a queue without a name.
     *
     * @throws IOException if it belongs to another session, or cannot be read
     */
    static synchronized QueueCore attach(Path path) throws IOException {
        WeakReference<QueueCore> known = CORES.get(path);
        QueueCore core = known == null ? null : known.get();
        if (core != null) {
            return core;
        }
        Session session = Session.current();
        if (!session.home().equals(path.getParent()) && !session.spare().equals(path.getParent())) {
            throw new IOException(
                    "a queue without a name belongs to the processes of one program: path="
                            + path
                            + ", this program's="
                            + session.home()
                            + "; give it a name, and open that");
        }
        return remember(QueueCore.attach(session, path, null, OpenQueues::forget));
    }

    /** Drops the reference that keeps the memory of an ended queue with a name mapped. */
    private static void forget(QueueCore core) {
        String name = core.publicName();
        if (name == null) {
            return; // only weakly referenced
        }
        synchronized (OpenQueues.class) {
            NAMED.remove(name, core);
        }
    }

    private static QueueCore remember(QueueCore core) {
        CORES.values().removeIf(reference -> reference.get() == null);
        CORES.put(core.path(), new WeakReference<>(core));
        return core;
    }

    /**
     * Makes a queue with a name, or attaches to it.
     *
     * @param shape the sizes of a queue to make; null to make none
     */
    static synchronized QueueCore named(
            String name, @Nullable QueueShape shape, NamedMembers.Expectation expectation)
            throws IOException {
        requireName(name);
        for (QueueCore core : List.copyOf(NAMED.values())) {
            // Its last consumer may have been killed before it ended the queue.
            core.waits().endIfOver();
        }
        QueueCore known = NAMED.get(name);
        if (known != null) {
            if (expectation == NamedMembers.Expectation.FREE) {
                throw taken(name, null);
            }
            return known;
        }
        try {
            QueueCore core =
                    NamedMembers.join(
                            name,
                            expectation,
                            founder -> {
                                if (shape != null) {
                                    QueueCore.make(founder, shape);
                                }
                            },
                            members -> QueueCore.attach(members, name, OpenQueues::forget));
            NAMED.put(name, core);
            return core;
        } catch (FileAlreadyExistsException e) {
            throw taken(name, e);
        } catch (NoSuchFileException e) {
            throw new QueueException(
                    "no queue has this name: name="
                            + name
                            + "; a queue lasts while a process has it open",
                    e);
        }
    }

    /** Attaches to a queue with a name that arrived as a handle. It may have ended meanwhile. */
    static synchronized QueueCore namedOrEnded(String name, Path path) throws IOException {
        try {
            return named(name, null, NamedMembers.Expectation.TAKEN);
        } catch (QueueException e) {
            if (e.getCause() instanceof NoSuchFileException) {
                return QueueCore.ended(Session.current(), path, name, OpenQueues::forget);
            }
            throw e;
        }
    }

    private static QueueException taken(String name, @Nullable Throwable cause) {
        return new QueueException(
                "a queue has this name already: name=" + name + "; open it instead", cause);
    }

    static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "a name has up to 40 letters, digits, dots, hyphens and underscores, and does"
                            + " not begin with a dot or hyphen: name="
                            + name);
        }
    }
}
