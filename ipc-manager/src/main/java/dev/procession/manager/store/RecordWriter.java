package dev.procession.manager.store;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Appends batches of records to a store's file. A small batch is one write; a large one goes to the
 * file in parts, which do not count before its end. For one thread.
 */
final class RecordWriter {

    private static final int BUFFER_BYTES = 1 << 16;

    private FileChannel channel;
    private final long salt;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final CRC32C crc = new CRC32C();

    /** The file has the bytes before this position. */
    private long written;

    /** Where the last batch ends. */
    private long committed;

    /** What went wrong; the batch under way is not whole. */
    private @Nullable Throwable failure;

    RecordWriter(FileChannel channel, long salt, long end) {
        this.channel = channel;
        this.salt = salt;
        this.written = end;
        this.committed = end;
        StoreFormat.begin(crc, salt);
    }

    FileChannel channel() {
        return channel;
    }

    /** Where the last batch ends. */
    long committed() {
        return committed;
    }

    long salt() {
        return salt;
    }

    /**
     * Goes on in another file, and takes the batch under way with it.
     *
     * @param end where the other file has all batches that this one has
     * @return the file before
     */
    FileChannel moveTo(FileChannel other, long end) {
        FileChannel before = channel;
        long unfinished = written - committed;
        try {
            StoreFiles.copy(before, committed, written, other, end, () -> {});
        } catch (IOException e) {
            failed(e);
            unfinished = 0;
        }
        channel = other;
        committed = end;
        written = end + unfinished;
        return before;
    }

    void session(long epoch, byte[] bootId, boolean sync) {
        begin(StoreFormat.SESSION, StoreFormat.SESSION_BODY_BYTES);
        room(StoreFormat.SESSION_BODY_BYTES).putLong(epoch).put(bootId).put((byte) (sync ? 1 : 0));
    }

    void object(int number, Kind kind, ByteString name) {
        begin(StoreFormat.OBJECT, 2L * Integer.BYTES + name.size());
        room(2 * Integer.BYTES).putInt(number).putInt(kind.getNumber());
        bytes(name);
    }

    void put(int number, ByteString key, ByteString value, long endsAt) {
        begin(StoreFormat.PUT, (long) StoreFormat.BEFORE_KEY_BYTES + key.size() + value.size());
        key(number, key, endsAt);
        bytes(value);
    }

    void remove(int number, ByteString key) {
        begin(StoreFormat.REMOVE, (long) StoreFormat.BEFORE_KEY_BYTES + key.size());
        key(number, key, 0);
    }

    private void key(int number, ByteString key, long endsAt) {
        room(StoreFormat.BEFORE_KEY_BYTES).putInt(number).putInt(key.size()).putLong(endsAt);
        bytes(key);
    }

    void clear(int number) {
        begin(StoreFormat.CLEAR, Integer.BYTES);
        room(Integer.BYTES).putInt(number);
    }

    void list(int number, ByteString change) {
        begin(StoreFormat.LIST, (long) Integer.BYTES + change.size());
        room(Integer.BYTES).putInt(number);
        bytes(change);
    }

    /** Appends a whole record as another file has it. */
    void copy(ByteBuffer record) {
        while (record.hasRemaining()) {
            int count = Math.min(record.remaining(), room(1).remaining());
            buffer.put(record.slice(record.position(), count));
            record.position(record.position() + count);
        }
    }

    private void begin(byte type, long bodyBytes) {
        room(StoreFormat.PREFIX_BYTES).putInt(Math.toIntExact(1 + bodyBytes)).put(type);
    }

    private void bytes(ByteString bytes) {
        int done = 0;
        while (done < bytes.size()) {
            int count = Math.min(bytes.size() - done, room(1).remaining());
            bytes.substring(done, done + count).copyTo(buffer);
            done += count;
        }
    }

    /** Returns the buffer with room for some bytes. */
    private ByteBuffer room(int bytes) {
        try {
            makeRoom(bytes);
            return buffer;
        } catch (IOException e) {
            failed(e);
            throw new UncheckedIOException("cannot write to the store", e);
        }
    }

    private void makeRoom(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            buffer.flip();
            crc.update(buffer);
            write();
        }
    }

    /** Writes what the buffer has before its limit. */
    private void write() throws IOException {
        buffer.rewind();
        while (buffer.hasRemaining()) {
            written += channel.write(buffer, written);
        }
        buffer.clear();
    }

    /** How many bytes the batch under way has. */
    long batchBytes() {
        return written + buffer.position() - committed;
    }

    /**
     * Ends a batch, if there is one. Once this has failed it always does.
     *
     * @param sync whether the disk is to have it
     */
    void commit(boolean sync) throws IOException {
        if (failure != null) {
            throw new IOException("the store or its server failed before", failure);
        }
        if (batchBytes() > 0) {
            try {
                endBatch();
                if (sync) {
                    channel.force(false);
                }
            } catch (IOException | RuntimeException | Error e) {
                failed(e);
                throw e;
            }
        }
    }

    /**
     * Has all later commits fail: the batch under way is not to count. Its parts are taken off the
     * file, as the JVM may end soon, and the disk may be full.
     */
    void failed(Throwable why) {
        failure = why;
        try {
            discard();
        } catch (IOException e) { // then the next server cuts them off
            why.addSuppressed(e);
        }
    }

    private void endBatch() throws IOException {
        long length = batchBytes();
        makeRoom(StoreFormat.COMMIT_BYTES);
        int end = buffer.position();
        buffer.flip();
        crc.update(buffer);
        buffer.limit(buffer.capacity()).position(end);
        buffer.putInt(1 + StoreFormat.COMMIT_BODY_BYTES)
                .put(StoreFormat.COMMIT)
                .putLong(StoreFormat.mark(salt))
                .putLong(length)
                .putInt((int) crc.getValue())
                .flip();
        write();
        committed = written;
        StoreFormat.begin(crc, salt);
    }

    /** Takes the parts of an unfinished batch off the file. */
    void discard() throws IOException {
        if (written > committed) {
            FileChannel unused = channel.truncate(committed);
            written = committed;
        }
    }
}
