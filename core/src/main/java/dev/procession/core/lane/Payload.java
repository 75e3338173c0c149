package dev.procession.core.lane;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The payload of a message that was consumed, for the thread that decodes it. A thread that serves
 * many peers neither reads nor allocates a payload whose size a peer chose.
 *
 * <p>A small payload is in memory. A large one is a spill file that was opened and removed: its
 * descriptor holds the bytes until {@link #take} or {@link #discard}, even if one of the two
 * processes dies. One thread calls one of these methods, once.
 */
public final class Payload {

    /** A spill file up to this size is read at once, by the thread that consumes its record. */
    static final int READ_AT_ONCE_BYTES = 1 << 20;

    private final byte[] bytes;
    private final @Nullable InputStream spill;
    private final @Nullable Path path;
    private final int length;
    private final @Nullable Throwable failure;

    private Payload(
            byte[] bytes,
            @Nullable InputStream spill,
            @Nullable Path path,
            int length,
            @Nullable Throwable failure) {
        this.bytes = bytes;
        this.spill = spill;
        this.path = path;
        this.length = length;
        this.failure = failure;
    }

    /** Returns a payload that was read. */
    public static Payload of(byte[] bytes) {
        return new Payload(bytes, null, null, bytes.length, null);
    }

    /** Opens a spill file that its sender gave away; the caller deletes the file. */
    static Payload in(Path path, int length) throws IOException {
        return new Payload(new byte[0], new FileInputStream(path.toFile()), path, length, null);
    }

    /** Returns a payload that could not be read or opened. */
    static Payload lost(Throwable why) {
        return new Payload(new byte[0], null, null, 0, why);
    }

    /** Returns the number of bytes. */
    public int length() {
        return length;
    }

    /**
     * Returns the bytes, which belong to the caller.
     *
     * @throws IOException if they could not be read
     */
    public byte[] take() throws IOException {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw new IOException("a message could not be read", failure);
        }
        if (spill == null || path == null) {
            return bytes;
        }
        try (InputStream in = spill) {
            return LaneSpills.read(in, path, length);
        }
    }

    /** Closes the spill file, if there is one, unread. */
    public void discard() {
        if (spill != null) {
            try {
                spill.close();
            } catch (IOException e) {
                // The bytes are not needed, and the descriptor is closed.
            }
        }
    }
}
