package dev.procession.core.lane;

import dev.procession.core.life.Session;
import dev.procession.core.memory.Mapping;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A spill file that this process has written and may write over: fresh pages cost more than the
 * copy into them. It is mapped when it is first written over. One thread at a time uses it.
 */
final class SpillFile {

    private final Path path;
    private final int capacity;
    private int length;
    private @Nullable ByteBuffer memory;

    private SpillFile(Path path, int capacity) {
        this.path = path;
        this.capacity = capacity;
        this.length = capacity;
    }

    /**
     * Writes a payload to a new file.
     *
     * @param parts its parts, each from its position to its limit, which stay
     * @param length the bytes of all parts
     */
    static SpillFile create(Session session, String name, List<ByteBuffer> parts, int length)
            throws IOException {
        return new SpillFile(LaneSpills.write(session, name, parts), length);
    }

    /** Writes over the file; the new payload is not longer than the {@link #capacity}. */
    void overwrite(List<ByteBuffer> parts, int newLength) throws IOException {
        ByteBuffer mapped = memory;
        if (mapped == null) {
            mapped = Mapping.map(path, FileChannel.MapMode.READ_WRITE, capacity);
            memory = mapped;
        }
        int at = 0;
        for (ByteBuffer part : parts) {
            mapped.put(at, part, part.position(), part.remaining());
            at += part.remaining();
        }
        length = newLength;
    }

    /** Returns the record that names the file. */
    SpillRecord record(SpillRecord.Kind kind, int slot, long ticket) {
        return new SpillRecord(kind, memory != null, slot, ticket, length, path.toString());
    }

    /** Returns the bytes that the file has room for. */
    int capacity() {
        return capacity;
    }

    /** Returns the bytes of the payload that was written last. */
    int length() {
        return length;
    }

    /** Removes the file; a process that has it open or mapped can still read it. */
    void remove() throws IOException {
        LaneSpills.discard(path);
    }
}
