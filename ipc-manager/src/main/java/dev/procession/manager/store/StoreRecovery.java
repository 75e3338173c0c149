package dev.procession.manager.store;

import dev.procession.core.log.Log;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Checks a store's file before it is used, and finds where it ends. What is behind the last good
 * batch is one of these:
 *
 * <ul>
 *   <li>The part of a batch, without its COMMIT: the server was killed in a write.
 *   <li>What a crash of the machine left, which may lose any of the last server's writes that were
 *       not synced, also some before others. The machine was started again since, and there is no
 *       SESSION behind the loss, as the disk has all that is before one. If each batch was synced,
 *       only the last one may be damaged, so it begins where the last good one ends.
 *   <li>Anything else is damage from outside, which is not for a program to judge: it is refused.
 * </ul>
 *
 * <p>A file without a whole SESSION, but with as many bytes as one has, is refused as well: it is
 * the beginning of what a compaction wrote, which is no content of any moment. If these bytes are
 * zeros, and no more, a crash of the machine has lost the first SESSION of a new store.
 *
 * <p>What is cut off was not acknowledged, or lost by a crash; but damage of the last batch, or
 * after the last SESSION of a file that was carried to another machine, looks the same. So it is
 * kept in a file of its own.
 */
final class StoreRecovery {

    private static final Log LOG = Log.of(StoreRecovery.class);
    private static final int WINDOW_BYTES = 1 << 18;
    private static final byte[] NO_BOOT_ID = new byte[StoreFormat.BOOT_ID_BYTES];

    private final FileChannel channel;
    private final StoreFiles files;
    private final long salt;
    private final CRC32C crc = new CRC32C();
    private long end = StoreFormat.HEADER_BYTES;

    /** The last server's, as its first record has them. */
    private long epoch;

    private byte @Nullable [] bootId;
    private boolean synced;

    /**
     * Where the first COMMIT behind the end begins, whether its sum is right or not; -1 for none.
     */
    private long commitBehind = -1;

    private boolean sessionBehind;

    StoreRecovery(FileChannel channel, StoreFiles files, long salt) {
        this.channel = channel;
        this.files = files;
        this.salt = salt;
    }

    /** Finds the end of the last batch, and cuts off what is behind it. */
    void run() throws IOException {
        long size = channel.size();
        readBatches(size);
        if (bootId == null
                && size - StoreFormat.HEADER_BYTES >= StoreFormat.SESSION_BATCH_BYTES
                && !isLostSession(size)) {
            throw new IOException(
                    "the store is damaged, or an incomplete copy, as it has no whole record of a"
                            + " server that used it; start with a back-up: file="
                            + files.file());
        }
        if (end < size) {
            look(size);
            String where =
                    "file="
                            + files.file()
                            + ", position="
                            + end
                            + ", bytes behind it="
                            + (size - end);
            String what = "the store ended with an unfinished write, as after a kill";
            if (commitBehind >= 0) {
                if (!mayBeOfCrash(size)) {
                    throw new IOException(
                            "the store is damaged; start with a back-up, or cut the file at this"
                                    + " position to keep what was stored before: "
                                    + where);
                }
                what = "the store lost writes in a crash of the machine";
            }
            Path kept = files.keep(channel, end, size);
            FileChannel unused = channel.truncate(end);
            LOG.log(Level.WARNING, what + "; the rest is cut off: " + where + ", kept in=" + kept);
        }
    }

    /** Whether there is room for one SESSION, and zeros in it. */
    private boolean isLostSession(long size) throws IOException {
        ByteBuffer batch = ByteBuffer.allocate(StoreFormat.SESSION_BATCH_BYTES);
        return size == StoreFormat.HEADER_BYTES + batch.capacity()
                && channel.read(batch, StoreFormat.HEADER_BYTES) == batch.capacity()
                && Arrays.equals(batch.array(), new byte[batch.capacity()]);
    }

    /** Whether the machine was started again since the last server, and no synced batch is gone. */
    private boolean mayBeOfCrash(long size) throws IOException {
        byte[] now = bootId();
        boolean sameRun = Arrays.equals(bootId, now);
        if (sessionBehind || bootId == null || (sameRun && !Arrays.equals(now, NO_BOOT_ID))) {
            return false;
        }
        return (!synced && !sameRun) || isOneBatchBehind(size);
    }

    /**
     * Whether all that is behind the end is one batch. If a crash lost the last bytes of its
     * COMMIT, it may have lost the length as well.
     */
    private boolean isOneBatchBehind(long size) throws IOException {
        if (commitBehind + StoreFormat.COMMIT_BYTES != size) {
            return false;
        }
        ByteBuffer commit = ByteBuffer.allocate(StoreFormat.COMMIT_BYTES);
        if (channel.read(commit, commitBehind) < commit.capacity()) {
            return false;
        }
        commit.position(StoreFormat.PREFIX_BYTES + Long.BYTES);
        return commit.getLong() == commitBehind - end || commit.getInt() == 0;
    }

    /** Where the last batch ends. */
    long end() {
        return end;
    }

    /** The epoch of the last server; 0 if there was none. */
    long epoch() {
        return epoch;
    }

    private void readBatches(long size) throws IOException {
        RecordReader reader = new RecordReader(channel, end, size);
        ByteBuffer session = null;
        StoreFormat.begin(crc, salt);
        while (reader.nextPrefix()) {
            if (reader.type() == StoreFormat.COMMIT) {
                if (!isCommit(reader)) {
                    return;
                }
                if (session != null) {
                    readSession(session);
                    session = null;
                }
                end = reader.end();
                StoreFormat.begin(crc, salt);
            } else {
                if (reader.position() == end
                        && reader.type() == StoreFormat.SESSION
                        && reader.readIfOfLength(StoreFormat.SESSION_BYTES)) {
                    ByteBuffer body = reader.body();
                    session = ByteBuffer.wrap(RecordReader.bytes(body, body.remaining()));
                }
                reader.addTo(crc);
            }
        }
    }

    /** Whether this is the COMMIT of the batch of which the sum has just been made. */
    private boolean isCommit(RecordReader reader) throws IOException {
        if (!reader.readIfOfLength(StoreFormat.COMMIT_BYTES)) {
            return false;
        }
        ByteBuffer body = reader.body();
        return body.getLong() == StoreFormat.mark(salt)
                && body.getLong() == reader.position() - end
                && body.getInt() == (int) crc.getValue();
    }

    private void readSession(ByteBuffer body) {
        epoch = body.getLong();
        bootId = RecordReader.bytes(body, StoreFormat.BOOT_ID_BYTES);
        synced = body.get() != 0;
    }

    /** Looks for the COMMITs behind the end by their marks, and for a SESSION among them. */
    private void look(long size) throws IOException {
        long mark = StoreFormat.mark(salt);
        ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES);
        long from = end;
        while (size - from >= StoreFormat.COMMIT_BYTES) {
            window.clear();
            int got = channel.read(window, from);
            for (int i = 0; i + StoreFormat.COMMIT_BYTES <= got; i++) {
                if (window.getLong(i + StoreFormat.PREFIX_BYTES) == mark) {
                    commitBehind = commitBehind < 0 ? from + i : commitBehind;
                    sessionBehind = sessionBehind || isSession(from + i);
                }
            }
            from += Math.max(1, got - StoreFormat.COMMIT_BYTES + 1);
        }
    }

    /** Whether there is a whole batch of a SESSION before and in a COMMIT. */
    private boolean isSession(long commit) throws IOException {
        long from = commit - StoreFormat.SESSION_BYTES;
        ByteBuffer batch = ByteBuffer.allocate(StoreFormat.SESSION_BATCH_BYTES);
        if (from < end || channel.read(batch, from) < batch.capacity()) {
            return false;
        }
        StoreFormat.begin(crc, salt);
        crc.update(batch.array(), 0, StoreFormat.SESSION_BYTES);
        return batch.get(Integer.BYTES) == StoreFormat.SESSION
                && batch.getInt(batch.capacity() - Integer.BYTES) == (int) crc.getValue();
    }

    /** Names this run of the machine's kernel; zeros if it has no name. */
    static byte[] bootId() {
        ByteBuffer bytes = ByteBuffer.allocate(StoreFormat.BOOT_ID_BYTES);
        try {
            UUID id =
                    UUID.fromString(
                            Files.readString(
                                            Path.of("/proc/sys/kernel/random/boot_id"),
                                            StandardCharsets.US_ASCII)
                                    .strip());
            bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        } catch (IOException | IllegalArgumentException e) {
            // Another system; then only the last batch is taken for one that a crash has torn.
        }
        return bytes.array();
    }
}
