package dev.procession.manager.server;

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
 * Checks a store's file before it is used, and finds where it ends.
 *
 * <p>The death of a server leaves a last batch that is not whole, and nothing behind it: it is cut
 * off, as it was not acknowledged. The crash of the machine may lose any of the last server's
 * writes that were not synced, also some before others; so the file is cut at the first loss. A
 * server syncs what it finds before it begins, so whatever else is not as it was written is damage
 * from outside, which is not for a program to judge.
 */
final class StoreRecovery {

    private static final Log LOG = Log.of(StoreRecovery.class);

    private final FileChannel channel;
    private final Path file;
    private final long salt;
    private final CRC32C crc = new CRC32C();
    private long end = StoreFormat.HEADER_BYTES;

    /** The last server's, as its first record has them. */
    private long epoch;

    private byte @Nullable [] bootId;
    private boolean synced;

    StoreRecovery(FileChannel channel, Path file, long salt) {
        this.channel = channel;
        this.file = file;
        this.salt = salt;
    }

    /** Finds the end of the last batch, and cuts off what is behind it. */
    void run() throws IOException {
        long size = channel.size();
        readBatches(size);
        if (end < size) {
            if (!hasBatch(false, size)) {
                LOG.log(
                        Level.WARNING,
                        "the store ended with an unfinished write, as after a kill; it is cut off: "
                                + where(size));
            } else if (mayHaveCrashed() && !hasBatch(true, size)) {
                LOG.log(
                        Level.WARNING,
                        "the store lost writes in a crash of the machine, and is cut off there: "
                                + where(size));
            } else {
                throw new IOException(
                        "the store is damaged; start with a back-up, or cut the file at this"
                                + " position to keep what was stored before: "
                                + where(size));
            }
            FileChannel unused = channel.truncate(end);
        }
    }

    /** Whether the machine was started again since the last server, which synced nothing. */
    private boolean mayHaveCrashed() {
        return bootId != null && !synced && !Arrays.equals(bootId, bootId());
    }

    private String where(long size) {
        return "file=" + file + ", position=" + end + ", bytes behind it=" + (size - end);
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
        while (reader.next()) {
            if (reader.type() != StoreFormat.COMMIT) {
                crc.update(reader.record());
                if (reader.position() == end && reader.type() == StoreFormat.SESSION) {
                    ByteBuffer body = reader.body();
                    session = ByteBuffer.wrap(RecordReader.bytes(body, body.remaining()));
                }
            } else if (isCommit(reader.body(), reader.position() - end)) {
                if (session != null) {
                    readSession(session);
                    session = null;
                }
                end = reader.end();
                StoreFormat.begin(crc, salt);
            } else {
                return;
            }
        }
    }

    /** Whether the body of a COMMIT fits the batch of which the sum has just been made. */
    private boolean isCommit(ByteBuffer body, long length) {
        return body.remaining() == StoreFormat.COMMIT_BODY_BYTES
                && body.getLong() == StoreFormat.COMMIT_MAGIC
                && body.getLong() == length
                && body.getInt() == (int) crc.getValue();
    }

    private void readSession(ByteBuffer body) {
        epoch = body.getLong();
        bootId = RecordReader.bytes(body, StoreFormat.BOOT_ID_BYTES);
        synced = body.get() != 0;
    }

    /**
     * Looks for a whole batch behind the end of the good ones.
     *
     * @param first whether it must be a SESSION
     */
    private boolean hasBatch(boolean first, long size) throws IOException {
        ByteBuffer window = ByteBuffer.allocate(1 << 18);
        long from = end;
        while (size - from >= StoreFormat.COMMIT_BYTES) {
            window.clear();
            int got = channel.read(window, from);
            for (int i = 0; i + StoreFormat.COMMIT_BYTES <= got; i++) {
                int magicAt = i + StoreFormat.PREFIX_BYTES;
                if (window.getLong(magicAt) == StoreFormat.COMMIT_MAGIC) {
                    long length = window.getLong(magicAt + Long.BYTES);
                    int sum = window.getInt(magicAt + 2 * Long.BYTES);
                    if (isBatch(from + i, length, sum, first)) {
                        return true;
                    }
                }
            }
            from += Math.max(1, got - StoreFormat.COMMIT_BYTES + 1);
        }
        return false;
    }

    /** Whether the bytes before a COMMIT are its batch. */
    private boolean isBatch(long commit, long length, int sum, boolean first) throws IOException {
        long from = commit - length;
        if (length <= StoreFormat.PREFIX_BYTES || from < end) {
            return false;
        }
        StoreFormat.begin(crc, salt);
        byte type = 0;
        ByteBuffer part = ByteBuffer.allocate(1 << 16);
        for (long at = from; at < commit; at += part.limit()) {
            part.clear().limit((int) Math.min(part.capacity(), commit - at));
            int got = channel.read(part, at);
            part.position(0).limit(got);
            if (at == from) {
                type = part.get(Integer.BYTES);
            }
            crc.update(part);
        }
        return (int) crc.getValue() == sum && (!first || type == StoreFormat.SESSION);
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
            // Another system; then no loss is taken for one by a crash.
        }
        return bytes.array();
    }
}
