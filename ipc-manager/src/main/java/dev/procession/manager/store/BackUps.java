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
 * be slow, or hang, and then nothing else waits for it. Each has what is committed when it begins,
 * so that no more than one file is kept open which is not the store any more. Used by the server's
 * thread.
 *
 * <p>A back-up is written under a name of its own, which a file beside the store has meanwhile; so
 * the server that follows a killed one finds what that has left.
 */
public final class BackUps {

    private static final Log LOG = Log.of(BackUps.class);
    private static final long CLOSE_SECONDS = 1;

    /** The ends of the names of files that a server deletes, or writes anew, beside its store. */
    private static final Pattern TAKEN = Pattern.compile(".*\\.(new|lock|partial|cut-[-\\d]+)");

    private final StoreFiles files;
    private final StoreThread thread;
    private final StoreThread storeThread;
    private final DiskRoom room;
    private final Deque<Planned> planned = new ArrayDeque<>();

    /** The file that the back-up under way reads; null if there is none. */
    private @Nullable FileChannel source;

    /** That file is not the store any more, and is to be closed. */
    private boolean isSourceBehind;

    /** What is being written. Set by the thread that writes. */
    private volatile @Nullable Path partial;

    private record Planned(Path target, Consumer<@Nullable Throwable> then) {}

    /** What a back-up has: the beginning of a store's file, and a SESSION of its own. */
    private record Content(FileChannel source, long end, long salt, long epoch, boolean sync) {}

    /**
     * Prepares back-ups, and deletes what a killed server has left of one.
     *
     * @param thread for them alone
     * @param storeThread closes files
     * @param room what they leave on the disk of the store
     */
    BackUps(StoreFiles files, StoreThread thread, StoreThread storeThread, DiskRoom room) {
        this.files = files;
        this.thread = thread;
        this.storeThread = storeThread;
        this.room = room;
        if (files.hasPartial()) {
            thread.execute(files::deletePartial, StoreThread::report);
        }
    }

    /** There can be no back-up at a path. */
    public static final class RefusedPathException extends IOException {
        private static final long serialVersionUID = 1;

        RefusedPathException(String message) {
            super(message);
        }
    }

    /**
     * Plans a back-up of what is committed next, or later.
     *
     * @param then runs on the server's thread with what went wrong, or null; not if the server ends
     */
    void plan(Path target, Consumer<@Nullable Throwable> then) {
        planned.add(new Planned(target, then));
    }

    /** Begins the next one, if none is under way, as a batch has been committed. */
    void begin(RecordWriter writer, long epoch, boolean sync) {
        if (source == null && !planned.isEmpty()) {
            Planned next = planned.remove();
            Content content =
                    new Content(writer.channel(), writer.committed(), writer.salt(), epoch, sync);
            source = content.source();
            thread.execute(
                    () -> write(content, next.target()),
                    thrown -> {
                        ended();
                        next.then().accept(thrown);
                    });
        }
    }

    private void ended() {
        FileChannel read = source;
        source = null;
        if (read != null && isSourceBehind) {
            isSourceBehind = false;
            closeBehind(read);
        }
    }

    private void write(Content content, Path target) throws IOException {
        refuseTaken(target);
        Path draft = StoreFiles.sibling(target, "." + random() + StoreFiles.PARTIAL);
        files.notePartial(draft);
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
            if (!thread.isClosing()) { // then the note may be the next server's
                files.deletePartial();
            }
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
        return Files.getAttribute(file, "unix:dev")
                .equals(Files.getAttribute(files.file(), "unix:dev"));
    }

    private void goOn(boolean onDiskOfStore) throws IOException {
        thread.requireOpen();
        if (onDiskOfStore) {
            room.require(0);
        }
    }

    /** Closes a file that is not the store any more, once no back-up reads it. */
    void closeBehind(FileChannel old) {
        if (old == source) {
            isSourceBehind = true;
        } else {
            storeThread.execute(old::close, StoreThread::report);
        }
    }

    /** Has them stop. One that cannot, because its file system hangs, is left behind. */
    void close() {
        boolean hangs = !thread.close(CLOSE_SECONDS);
        ended();
        if (hangs) {
            LOG.log(
                    Level.WARNING,
                    "a back-up hangs, and does not end with its server; what it has written may"
                            + " stay: file="
                            + partial);
            return;
        }
        try {
            files.deletePartial();
        } catch (IOException e) {
            StoreThread.report(e);
        }
    }
}
