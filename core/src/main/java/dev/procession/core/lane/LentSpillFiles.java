package dev.procession.core.lane;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.life.DirectoryLayout;
import dev.procession.core.life.Session;
import dev.procession.core.log.Log;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The spill files of messages that this process writes before it knows through which lane it will
 * send them, and may send more than once. A file belongs to its message from {@link #write} to
 * {@link LentSpillFile#release}; its readers neither remove it nor report that they have read it.
 *
 * <p>Files that were released are written over. Those beyond {@value #MOST_FREE} files or {@value
 * #MOST_FREE_BYTES} bytes are removed; what is in use has no bound here, as it is what the callers
 * want to send. The process's parent removes the files of a process that has died.
 *
 * <p>Thread-safe. This object itself guards the list of free files; it is never held while a file
 * is written or removed.
 */
public final class LentSpillFiles {

    private static final Log LOG = Log.of(LentSpillFiles.class);

    /** The most files that are kept for later messages. */
    static final int MOST_FREE = 64;

    /** The most bytes of the files that are kept. */
    static final long MOST_FREE_BYTES = 256L << 20;

    private final Executor remover;

    @GuardedBy("this")
    private final FreeSpillFiles free = new FreeSpillFiles();

    /** Files that are to be removed; the remover's thread removes them, or {@link #close}. */
    @GuardedBy("this")
    private final ArrayDeque<SpillFile> surplus = new ArrayDeque<>();

    @GuardedBy("this")
    private boolean closed;

    /**
     * Makes an empty set.
     *
     * @param remover removes files, which takes milliseconds if they are large; a release may come
     *     where that is too long
     */
    public LentSpillFiles(Executor remover) {
        this.remover = remover;
    }

    /**
     * Writes a payload to a file. Blocks as long as the copy takes; an interrupt has no effect.
     *
     * @param parts its parts, each from its position to its limit, which stay
     * @param length the bytes of all parts
     * @throws IOException if there is no room for it anywhere
     */
    public LentSpillFile write(List<ByteBuffer> parts, int length) throws IOException {
        SpillFile file = takeFree(length);
        if (file == null) {
            Session session = Session.current();
            String name = DirectoryLayout.memberSpill(session.self(), session.newName());
            return new LentSpillFile(this, SpillFile.create(session, name, parts, length));
        }
        LentSpillFile lent = new LentSpillFile(this, file);
        boolean done = false;
        try {
            file.overwrite(parts, length);
            done = true;
        } finally {
            if (!done) {
                release(lent, false);
            }
        }
        return lent;
    }

    private synchronized @Nullable SpillFile takeFree(int length) {
        return free.take(length);
    }

    /** See {@link LentSpillFile#release}. */
    void release(LentSpillFile lent, boolean isUnread) {
        if (!takeBack(lent, isUnread)) {
            return;
        }
        if (isClosed()) {
            removeSurplus(); // the remover may have ended
        } else {
            remover.execute(this::removeSurplus);
        }
    }

    /** Keeps a file, or adds it to the surplus; true if there is a surplus now. */
    private synchronized boolean takeBack(LentSpillFile lent, boolean isUnread) {
        if (lent.isReleased()) {
            return false;
        }
        lent.setReleased();
        if (!isUnread || lent.file().capacity() > MOST_FREE_BYTES) {
            surplus.add(lent.file());
        } else {
            free.add(lent.file());
        }
        findSurplus();
        return !surplus.isEmpty();
    }

    @GuardedBy("this")
    private void findSurplus() {
        SpillFile smallest;
        while ((closed || free.count() > MOST_FREE || free.bytes() > MOST_FREE_BYTES)
                && (smallest = free.takeSmallest()) != null) {
            surplus.add(smallest);
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /**
     * Removes the files that are kept; what is released from now on is removed as well, by the
     * thread that releases it.
     */
    public void close() {
        synchronized (this) {
            closed = true;
            findSurplus();
        }
        removeSurplus();
    }

    private void removeSurplus() {
        SpillFile file;
        while ((file = nextSurplus()) != null) {
            remove(file);
        }
    }

    private synchronized @Nullable SpillFile nextSurplus() {
        return surplus.poll();
    }

    private static void remove(SpillFile file) {
        try {
            file.remove();
        } catch (IOException e) { // it takes room until this process has ended
            LOG.report(Level.WARNING, "a spill file was not removed", e);
        }
    }
}
