package dev.procession.manager.store;

import dev.procession.core.life.Session;
import dev.procession.core.log.Log;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes back-ups of a store, one after the other, by a thread of their own: their file system may
 * be slow, or hang, and then nothing else waits for it. Used by the server's thread.
 */
public final class BackUps {

    private static final Log LOG = Log.of(BackUps.class);
    private static final long CLOSE_SECONDS = 1;

    /** The ends of the names of files that a server deletes, or writes anew, beside its store. */
    private static final Pattern TAKEN = Pattern.compile(".*\\.(new|lock|cut-\\d+)");

    private final Path store;
    private final StoreThread thread;
    private final DiskRoom room;
    private final Deque<Planned> planned = new ArrayDeque<>();

    /** What is being written. Set by the thread that writes. */
    private volatile @Nullable Path partial;

    private record Planned(Path target, Consumer<@Nullable Throwable> then) {}

    /** What a back-up has: the beginning of a store's file, and a SESSION of its own. */
    private record Content(FileChannel source, long end, long salt, long epoch, boolean sync) {}

    /**
     * Prepares back-ups.
     *
     * @param room what they leave on the disk of the store
     */
    BackUps(Path store, StoreThread thread, DiskRoom room) {
        this.store = store;
        this.thread = thread;
        this.room = room;
    }

    /** There can be no back-up at a path. */
    public static final class RefusedPathException extends IOException {
        private static final long serialVersionUID = 1;

        RefusedPathException(String message) {
            super(message);
        }
    }

    /**
     * Plans a back-up of what is committed next.
     *
     * @param then runs on the server's thread with what went wrong, or null; not if the server ends
     */
    void plan(Path target, Consumer<@Nullable Throwable> then) {
        planned.add(new Planned(target, then));
    }

    /** Begins what was planned, as a batch has been committed. */
    void begin(RecordWriter writer, long epoch, boolean sync) {
        for (Planned next = planned.poll(); next != null; next = planned.poll()) {
            Content content =
                    new Content(writer.channel(), writer.committed(), writer.salt(), epoch, sync);
            Path target = next.target();
            thread.execute(() -> write(content, target), next.then());
        }
    }

    private void write(Content content, Path target) throws IOException {
        refuseTaken(target);
        Path draft = StoreFiles.sibling(target, "." + random() + ".partial");
        partial = draft;
        try (FileChannel channel = StoreFiles.make(draft)) {
            boolean here = isOnDiskOfStore(draft);
            if (here) {
                room.require(content.end());
            }
            StoreFiles.copy(content.source(), 0, content.end(), channel, 0, () -> goOn(here));
            RecordWriter last = new RecordWriter(channel, content.salt(), content.end());
            last.session(content.epoch(), StoreRecovery.bootId(), content.sync());
            last.commit(false);
            channel.force(true);
            Path unused = Files.createLink(target, draft);
        } catch (FileAlreadyExistsException e) {
            throw exists(target);
        } finally {
            Files.deleteIfExists(draft);
            partial = null;
        }
        StoreFiles.syncDirectory(target);
    }

    private static String random() throws IOException {
        return HexFormat.of().formatHex(Session.nonce(Integer.BYTES));
    }

    private static void refuseTaken(Path target) throws IOException {
        if (TAKEN.matcher(target.toString()).matches()) {
            throw new RefusedPathException(
                    "a back-up needs another name, as servers have files of such names beside their"
                            + " stores: path="
                            + target);
        }
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw exists(target);
        }
    }

    private static IOException exists(Path target) {
        return new RefusedPathException(
                "a back-up needs a new path, and this one exists: path=" + target);
    }

    private boolean isOnDiskOfStore(Path file) throws IOException {
        return Files.getAttribute(file, "unix:dev").equals(Files.getAttribute(store, "unix:dev"));
    }

    private void goOn(boolean onDiskOfStore) throws IOException {
        thread.requireOpen();
        if (onDiskOfStore) {
            room.require(0);
        }
    }

    /** Closes a file when the back-ups that read it have ended. */
    void closeBehind(FileChannel source) {
        thread.execute(source::close, StoreThread::report);
    }

    /** Has them stop. One that cannot, because its file system hangs, is left behind. */
    void close() {
        if (!thread.close(CLOSE_SECONDS)) {
            LOG.log(
                    Level.WARNING,
                    "a back-up hangs, and does not end with its server; what it has written may"
                            + " stay: file="
                            + partial);
        }
    }
}
