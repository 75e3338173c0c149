package dev.procession.core.lane;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The payload of a message that was consumed, for the thread that decodes it: a thread that serves
 * many neither reads nor allocates what a peer chose the size of.
 *
 * <p>A small one is in memory. A large one is a spill file that was opened and removed: its
 * descriptor holds the bytes, whoever of the two processes dies, until {@link #take} or {@link
 * #discard}. Each of these is called by one thread, once.
 */
public final class Payload {

    /** A spill file up to this size is read where its record is. */
    static final int READ_AT_ONCE_BYTES = 1 << 20;

    private final byte[] bytes;
    private final @Nullable InputStream spill;
    private final @Nullable Path path;
    private final int length;
    private final @Nullable Throwable loss;

    private Payload(
            byte[] bytes,
            @Nullable InputStream spill,
            @Nullable Path path,
            int length,
            @Nullable Throwable loss) {
        this.bytes = bytes;
        this.spill = spill;
        this.path = path;
        this.length = length;
        this.loss = loss;
    }

    /** One that was read. */
    public static Payload of(byte[] bytes) {
        return new Payload(bytes, null, null, bytes.length, null);
    }

    /** Opens a spill file that its sender gave away; the caller removes its name. */
    static Payload in(Path path, int length) throws IOException {
        return new Payload(new byte[0], new FileInputStream(path.toFile()), path, length, null);
    }

    /** One that could not be had. */
    static Payload lost(Throwable why) {
        return new Payload(new byte[0], null, null, 0, why);
    }

    /** How many bytes it has. */
    public int length() {
        return length;
    }

    /**
     * The bytes, which belong to the caller.
     *
     * @throws IOException if they could not be read
     */
    public byte[] take() throws IOException {
        if (loss instanceof Error error) {
            throw error;
        }
        if (loss != null) {
            throw new IOException("a message could not be read", loss);
        }
        if (spill == null || path == null) {
            return bytes;
        }
        try (InputStream in = spill) {
            return LaneSpills.read(in, path, length);
        }
    }

    /** Gives back what it holds, unread. */
    public void discard() {
        if (spill != null) {
            try {
                spill.close();
            } catch (IOException e) {
                // Nobody wants the bytes, and the descriptor is gone.
            }
        }
    }
}
