package dev.procession.manager.store;

import com.google.protobuf.ByteString;
import dev.procession.core.life.Session;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.StoredListChange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The file that survives the server: a log of all changes of its dicts and lists. Answers are sent
 * after {@link #commit}, which covers all requests of one turn of the event loop, and is one write.
 * Used by the server's thread, once it listens.
 *
 * <p>A commit reaches the operating system: it survives the server's death, even by SIGKILL. Only
 * if writes are synced it survives the machine's as well.
 */
public final class Store implements AutoCloseable {

    private final StoreFiles files;
    private final boolean sync;
    private final long salt;
    private final RecordWriter writer;
    private long epoch;

    /** The objects that have something in the file. */
    private final Map<StoreContent.Name, ObjectLog> logs = new HashMap<>();

    private int lastNumber;

    /** How many bytes of the file would suffice for what it says. */
    private long needed;

    /** What is put now is in the file already. */
    private boolean loading;

    /** Where the file ended when it was loaded; 0 once it was compacted. */
    private long loadedEnd;

    /** Entries that had ended then were not loaded. */
    private long loadedAt;

    /** How many spare bytes must be borne, because the last compaction could not save them. */
    private long bearable;

    private final StoreLimits limits;
    private @Nullable Beside beside;

    /** What works beside the server, while it runs. */
    private record Beside(StoreThread thread, Compactor compactor, BackUps backUps) {}

    private Store(StoreFiles files, FileChannel channel, boolean sync, StoreLimits limits)
            throws IOException {
        this.files = files;
        this.sync = sync;
        this.limits = limits;
        this.salt = StoreFormat.readHeader(channel, files.file());
        StoreRecovery recovery = new StoreRecovery(channel, files, salt);
        recovery.run();
        this.epoch = recovery.epoch();
        this.writer = new RecordWriter(channel, salt, recovery.end());
    }

    Path file() {
        return files.file();
    }

    /**
     * Opens a file, or makes it.
     *
     * @param sync whether each commit is to reach the disk
     * @throws IOException if another server uses it, or it is damaged, or of another version
     */
    public static Store open(Path file, boolean sync) throws IOException {
        return open(file, sync, StoreLimits::of);
    }

    /**
     * The same with another measure of when it is compacted.
     *
     * @param limits those of the file, to which the path may lead by a symbolic link
     */
    static Store open(Path file, boolean sync, Function<Path, StoreLimits> limits)
            throws IOException {
        StoreFiles files = StoreFiles.claim(file);
        try {
            long salt = ByteBuffer.wrap(Session.nonce(Long.BYTES)).getLong();
            FileChannel channel = files.open(salt);
            try {
                return new Store(files, channel, sync, limits.apply(files.file()));
            } catch (IOException | RuntimeException | Error e) {
                channel.close();
                throw e;
            }
        } catch (IOException | RuntimeException | Error e) {
            files.release();
            throw e;
        }
    }

    /** The epoch of the last server that used this file; 0 if there was none. */
    public long epoch() {
        return epoch;
    }

    /** Stores the epoch of the server that uses it now, and has the disk take what is there. */
    public void begin(long newEpoch) throws IOException {
        epoch = newEpoch;
        keepingInterrupt(
                () -> {
                    writer.channel().force(true);
                    writeSession();
                });
    }

    /** Says that the disk has all that is before. */
    private void writeSession() throws IOException {
        writer.session(epoch, StoreRecovery.bootId(), sync);
        writer.commit(false);
        writer.channel().force(true);
    }

    /** Brings back what the file has; entries that have expired meanwhile go. */
    public void load(StoredObjects objects) throws IOException {
        loading = true;
        loadedEnd = writer.committed();
        loadedAt = System.currentTimeMillis();
        new StoreLoader(this, objects, loadedAt).load(writer.channel(), loadedEnd);
        loading = false;
    }

    /**
     * Has the file compacted from now on, while the server runs, and allows back-ups.
     *
     * @param server runs a task on the server's thread
     */
    public void workBeside(Consumer<Runnable> server) {
        StoreThread thread = new StoreThread("procession-manager-store", server);
        StoreThread slow = new StoreThread("procession-manager-backup", server);
        BackUps backUps = new BackUps(files, slow, thread, limits.room());
        Compactor compactor =
                new Compactor(
                        files,
                        thread,
                        writer,
                        limits,
                        old -> {
                            compacted();
                            backUps.closeBehind(old);
                        });
        beside = new Beside(thread, compactor, backUps);
    }

    /**
     * Has all later commits fail, as the changes since the last one may be half done. What the file
     * has of them goes at once.
     */
    public void serverFailed(Throwable why) {
        writer.failed(why);
    }

    /**
     * Makes the changes so far survive.
     *
     * @return false if they do not yet: then a task that is about to run on the server's thread has
     *     to be followed by another commit
     */
    public boolean commit() throws IOException {
        if (beside != null && beside.compactor().isHolding()) {
            return false;
        }
        writer.commit(sync);
        if (beside != null) {
            beside.backUps().begin(writer, epoch, sync);
            long spare = writer.committed() - needed - bearable;
            if (spare > needed + limits.minSpareBytes() && beside.compactor().isReady()) {
                beside.compactor().begin(this::content, needed);
            }
        }
        return true;
    }

    /** Returns what a compaction keeps, and forgets the numbers of empty objects. */
    private StoreContent content() {
        Map<Integer, StoreContent.Name> objects = new HashMap<>();
        Map<Integer, List<ByteString>> lists = new HashMap<>();
        for (Iterator<ObjectLog> all = logs.values().iterator(); all.hasNext(); ) {
            ObjectLog log = all.next();
            if (log.contentBytes == 0) {
                log.forgetNumber();
                all.remove();
            } else {
                objects.put(log.number, log.name);
                if (log instanceof ChangeLog list && list.list != null) {
                    lists.put(log.number, list.list.copy());
                }
            }
        }
        return new StoreContent(
                writer.committed(), epoch, sync, objects, lists, loadedEnd, loadedAt);
    }

    private void compacted() {
        loadedEnd = 0;
        bearable = Math.max(0, writer.committed() - needed);
    }

    /** Whether the file is being compacted. */
    boolean isCompacting() {
        return beside != null && beside.compactor().isRunning();
    }

    /**
     * Writes a back-up, which can be used as a store. It has what the next commit has, or a later
     * one.
     *
     * @param then runs on the server's thread with what went wrong, or null; not if the server ends
     */
    public void backUp(Path target, Consumer<@Nullable Throwable> then) {
        Objects.requireNonNull(beside, "the store is not in use yet").backUps().plan(target, then);
    }

    /** Ends in good order; what was stored survives the machine's crash as well. */
    @Override
    public void close() throws IOException {
        try {
            keepingInterrupt(
                    () -> {
                        endJobs();
                        writer.commit(false);
                        writer.channel().force(true);
                        writeSession();
                    });
        } finally {
            end();
        }
    }

    /** Runs a step without the caller's interrupt, which would close the file. */
    private static void keepingInterrupt(StoreThread.Job step) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            step.run();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Ends without the changes since the last commit. */
    public void closeWithoutCommit() throws IOException {
        try {
            keepingInterrupt(
                    () -> {
                        endJobs();
                        writer.discard();
                    });
        } finally {
            end();
        }
    }

    private void endJobs() throws IOException {
        if (beside != null) {
            beside.backUps().close();
            beside.thread().close();
            beside.compactor().close();
        }
    }

    private void end() throws IOException {
        try {
            writer.channel().close();
        } finally {
            files.release();
        }
    }

    public EntryLog entries(Kind kind, String name) {
        StoreContent.Name of = new StoreContent.Name(kind, ByteString.copyFromUtf8(name));
        return logs.get(of) instanceof DictLog known ? known : new DictLog(of);
    }

    public ListLog list(String name) {
        StoreContent.Name of = new StoreContent.Name(Kind.LIST, ByteString.copyFromUtf8(name));
        return logs.get(of) instanceof ChangeLog known ? known : new ChangeLog(of);
    }

    /** Takes over the number that an object has in the file. */
    void restoreNumber(int number, Kind kind, ByteString name) {
        StoreContent.Name of = new StoreContent.Name(kind, name);
        ObjectLog log =
                logs.computeIfAbsent(
                        of, unknown -> kind == Kind.LIST ? new ChangeLog(of) : new DictLog(of));
        log.named(number);
        lastNumber = Math.max(lastNumber, number);
    }

    /** What the file has of one object. */
    private abstract class ObjectLog {
        private final StoreContent.Name name;

        /** Its number in the file; 0 for none. */
        private int number;

        /** How many bytes of the file would suffice for its content. */
        private long contentBytes;

        ObjectLog(StoreContent.Name name) {
            this.name = name;
        }

        /** Returns its number; the file has the object from now on. */
        final int number() {
            if (number == 0) {
                named(++lastNumber);
                logs.put(name, this);
                writer.object(number, name.kind(), name.name());
            }
            return number;
        }

        final void named(int given) {
            if (number == 0) {
                needed += StoreFormat.objectBytes(name.name().size());
            }
            number = given;
        }

        /** An empty object is not in the file from now on. */
        final void forgetNumber() {
            needed -= StoreFormat.objectBytes(name.name().size());
            number = 0;
        }

        /** The object has another number when it is made again, so nothing is kept for it. */
        final void drop() {
            if (number != 0) {
                forgetNumber();
                logs.remove(name);
            }
        }

        final void contentBytes(long bytes) {
            needed += bytes - contentBytes;
            contentBytes = bytes;
        }

        final void grow(long bytes) {
            contentBytes(contentBytes + bytes);
        }
    }

    private final class DictLog extends ObjectLog implements EntryLog {

        DictLog(StoreContent.Name name) {
            super(name);
        }

        @Override
        public void put(ByteString key, ByteString value, long endsAt, @Nullable ByteString old) {
            grow(StoreFormat.putBytes(key.size(), value.size()));
            if (old != null) {
                grow(-StoreFormat.putBytes(key.size(), old.size()));
            }
            if (!loading) {
                writer.put(number(), key, value, endsAt);
            }
        }

        @Override
        public void remove(ByteString key, ByteString old) {
            grow(-StoreFormat.putBytes(key.size(), old.size()));
            if (!loading) {
                writer.remove(number(), key);
            }
        }

        @Override
        public void clear() {
            contentBytes(0);
            if (!loading) {
                writer.clear(number());
            }
        }

        @Override
        public void forgotten() {
            drop();
        }
    }

    private final class ChangeLog extends ObjectLog implements ListLog {

        /** The list, once it has changed. */
        private @Nullable StoredList list;

        ChangeLog(StoreContent.Name name) {
            super(name);
        }

        @Override
        public void append(StoredListChange change, StoredList now) {
            list = now;
            contentBytes(now.elementBytes() + (long) now.size() * StoreFormat.ELEMENT_BYTES);
            if (!loading) {
                writer.list(number(), change.toByteString());
            }
        }

        @Override
        public void forgotten() {
            drop();
        }
    }
}
