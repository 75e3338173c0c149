package dev.procession.queue;

import dev.procession.core.life.Session;
import dev.procession.core.memory.QueueShape;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The queues that this process is attached to, so that it attaches to each only once. */
final class Attachments {

    private static final Map<Path, WeakReference<QueueCore>> CORES = new HashMap<>();

    private Attachments() {}

    static synchronized QueueCore create(QueueShape shape) throws IOException {
        return remember(QueueCore.create(Session.current(), shape));
    }

    /**
     * Attaches to a queue of this session.
     *
     * @throws IOException if it is one of another session, or cannot be read
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
        return remember(QueueCore.attach(session, path));
    }

    private static QueueCore remember(QueueCore core) {
        CORES.values().removeIf(reference -> reference.get() == null);
        CORES.put(core.path(), new WeakReference<>(core));
        return core;
    }
}
