package dev.procession.manager.store;

import dev.procession.core.log.Log;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Has a store's file compacted beside the server, and the server go on with the new file. Used by
 * the server's thread, which does none of the work.
 *
 * <p>A job writes the content, others what was committed meanwhile. During the last one the store
 * commits nothing: the server carries requests out, and their answers wait. A compaction that fails
 * changes nothing, and is tried again.
 */
final class Compactor {

    private static final Log LOG = Log.of(Compactor.class);

    /** The last job copies less, unless the server writes as fast as jobs copy. */
    private static final long SMALL_BYTES = 1 << 18;

    private static final long LARGE_BYTES = 8 << 20;
    private static final int MOST_IDLE_JOBS = 8;
    private static final int MOST_PAUSES = 64;

    private final StoreFiles files;
    private final StoreThread thread;
    private final RecordWriter writer;
    private final StoreLimits limits;
    private final Consumer<FileChannel> compacted;

    private @Nullable Compaction running;

    /** Its last job runs. */
    private boolean holding;

    /** What the job before had to copy, and how many jobs did not get ahead of the server. */
    private long lastLack;

    private int idleJobs;

    /** How many pauses are to be made after the next failure; 0 if there was none. */
    private int pauses;

    private long pausedUntil;

    /**
     * Prepares compactions.
     *
     * @param compacted called with the file before, when the writer has got a new one
     */
    Compactor(
            StoreFiles files,
            StoreThread thread,
            RecordWriter writer,
            StoreLimits limits,
            Consumer<FileChannel> compacted) {
        this.files = files;
        this.thread = thread;
        this.writer = writer;
        this.limits = limits;
        this.compacted = compacted;
    }

    /** Whether another compaction may begin. */
    boolean isReady() {
        return running == null && (pauses == 0 || System.nanoTime() - pausedUntil >= 0);
    }

    boolean isRunning() {
        return running != null;
    }

    /** Whether nothing can be committed, until a task of this has run on the server's thread. */
    boolean isHolding() {
        return holding;
    }

    /**
     * Begins a compaction. If it cannot, for want of memory for example, it is tried again.
     *
     * @param bytes how large the new file will be, about
     */
    void begin(Supplier<StoreContent> content, long bytes) {
        try {
            Compaction begun = prepare(content.get());
            running = begun;
            lastLack = Long.MAX_VALUE;
            idleJobs = 0;
            StoreThread.Job write =
                    () -> {
                        limits.room().require(bytes);
                        begun.write();
                    };
            thread.execute(() -> run(begun, write), thrown -> goOn(begun, thrown));
        } catch (Throwable e) { // the server does not need it now
            if (running == null) {
                pause(e);
            } else {
                fail(running, e);
            }
        }
    }

    private Compaction prepare(StoreContent content) throws IOException {
        FileChannel draft = files.makeDraft();
        try {
            return new Compaction(
                    writer.channel(), writer.salt(), content, draft, thread, limits.room());
        } catch (Throwable e) {
            discard(draft, e);
            throw e;
        }
    }

    /** Does a job; the draft of one that fails does not take its room any longer. */
    private void run(Compaction of, StoreThread.Job job) throws IOException {
        try {
            job.run();
        } catch (Throwable e) {
            if (!of.isInstalled()) {
                discard(of.target(), e);
            }
            throw e;
        }
    }

    /** Has the draft get what it lacks; then it is the store. */
    private void goOn(Compaction begun, @Nullable Throwable thrown) {
        if (thrown != null) {
            fail(begun, thrown);
            return;
        }
        long end = writer.committed();
        if (isNearlyDone(begun.lacks(end))) {
            holding = true;
            thread.execute(
                    () -> run(begun, () -> begun.finish(end, files)),
                    failed -> finish(begun, failed));
        } else {
            thread.execute(
                    () -> run(begun, () -> begun.copyUpTo(end)), failed -> goOn(begun, failed));
        }
    }

    private boolean isNearlyDone(long lack) {
        if (lack > lastLack / 2) {
            idleJobs++;
        }
        lastLack = lack;
        return lack <= SMALL_BYTES
                || (idleJobs > 0 && lack <= LARGE_BYTES)
                || idleJobs > MOST_IDLE_JOBS;
    }

    private void finish(Compaction begun, @Nullable Throwable thrown) {
        holding = false;
        if (!begun.isInstalled()) {
            fail(begun, thrown);
            return;
        }
        if (thrown != null) { // a crash could bring the old file back, without later writes
            writer.failed(thrown);
        }
        compacted.accept(goOnWith(begun));
        thread.execute(files::syncDirectory, StoreThread::report);
    }

    /** Returns the file before. */
    private FileChannel goOnWith(Compaction installed) {
        running = null;
        pauses = 0;
        return writer.moveTo(installed.target(), installed.end());
    }

    private void fail(Compaction begun, @Nullable Throwable thrown) {
        running = null;
        Throwable cause = thrown == null ? new IOException("the store was not replaced") : thrown;
        discard(begun.target(), cause); // if the job has not even begun
        pause(cause);
    }

    private void pause(Throwable cause) {
        pauses = Math.min(MOST_PAUSES, Math.max(1, 2 * pauses));
        pausedUntil = System.nanoTime() + pauses * limits.pauseNanos();
        LOG.report(
                Level.WARNING,
                "cannot compact the store, which grows; it is tried again: file=" + files.file(),
                cause);
    }

    /** The second time nothing happens. */
    private void discard(FileChannel draft, Throwable why) {
        try {
            if (draft.isOpen()) {
                try {
                    draft.close();
                } finally {
                    files.deleteDraft();
                }
            }
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    /** Ends; the thread has ended before. */
    void close() throws IOException {
        Compaction ended = running;
        if (ended != null && ended.isInstalled()) {
            goOnWith(ended).close();
            files.syncDirectory();
        } else if (ended != null) {
            discard(ended.target(), new IOException("the server ends"));
        }
    }
}
