package dev.procession.core.lane;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The payload of a message that was consumed, for the thread that decodes it. A thread that serves
 * many peers neither reads nor allocates a payload whose size a peer chose.
 *
 * <p>A small payload is in memory. A large one is a spill file that is mapped or open, so its bytes
 * stay until {@link #decode}, {@link #take} or {@link #discard}, even if one of the two processes
 * dies; only then can the sender use the file again. One thread calls one of these methods, once.
 */
public final class Payload {

    /** A spill file up to this size is read at once, by the thread that consumes its record. */
    static final int READ_AT_ONCE_BYTES = 1 << 20;

    private final ByteBuffer bytes;
    private final int length;
    private final @Nullable InputStream spill;
    private final @Nullable Path path;
    private final @Nullable Throwable failure;
    private final @Nullable Runnable finish;

    private Payload(
            ByteBuffer bytes,
            int length,
            @Nullable InputStream spill,
            @Nullable Path path,
            @Nullable Throwable failure,
            @Nullable Runnable finish) {
        this.bytes = bytes;
        this.length = length;
        this.spill = spill;
        this.path = path;
        this.failure = failure;
        this.finish = finish;
    }

    /** Returns a payload that was read. */
    public static Payload of(byte[] bytes) {
        return new Payload(ByteBuffer.wrap(bytes), bytes.length, null, null, null, null);
    }

    /** Returns a payload that lies in memory which the sender uses again afterwards. */
    static Payload mapped(ByteBuffer memory, Runnable finish) {
        return new Payload(memory.asReadOnlyBuffer(), memory.remaining(), null, null, null, finish);
    }

    /** Opens a spill file. */
    static Payload in(Path path, int length, Runnable finish) throws IOException {
        InputStream spill = new FileInputStream(path.toFile());
        return new Payload(ByteBuffer.allocate(0), length, spill, path, null, finish);
    }

    /** Returns a payload that could not be read or opened. */
    static Payload lost(Throwable why) {
        return new Payload(ByteBuffer.allocate(0), 0, null, null, why, null);
    }

    /** Returns the number of bytes. */
    public int length() {
        return length;
    }

    /**
     * Has the bytes decoded where they lie.
     *
     * @param decoder gets a buffer from its position to its limit, which may be read-only and
     *     direct, and does not keep it
     * @return what the decoder returned
     * @throws IOException if the bytes could not be read
     */
    public <T extends @Nullable Object> T decode(Function<ByteBuffer, T> decoder)
            throws IOException {
        try {
            return decoder.apply(spill == null ? whole() : ByteBuffer.wrap(read()));
        } finally {
            discard();
        }
    }

    /**
     * Returns the bytes in an array, which belongs to the caller.
     *
     * @throws IOException if they could not be read
     */
    public byte[] take() throws IOException {
        try {
            if (spill != null) {
                return read();
            }
            ByteBuffer from = whole();
            if (from.hasArray() && from.arrayOffset() == 0) {
                return from.array();
            }
            byte[] copy = new byte[length];
            from.get(copy);
            return copy;
        } finally {
            discard();
        }
    }

    private ByteBuffer whole() throws IOException {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw new IOException("a message could not be read", failure);
        }
        return bytes;
    }

    private byte[] read() throws IOException {
        if (spill == null || path == null) {
            throw new IllegalStateException("this payload is not in a file");
        }
        return LaneSpills.read(spill, path, length);
    }

    /** Gives the spill file up, if there is one, unread or read. */
    public void discard() {
        if (spill != null) {
            try {
                spill.close();
            } catch (IOException e) {
                // The bytes are not needed any more, and the descriptor is closed.
            }
        }
        if (finish != null) {
            finish.run();
        }
    }
}
