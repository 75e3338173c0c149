package dev.procession.core.transfer;

import dev.procession.core.Codec;
import dev.procession.core.lane.LaneSpills;
import dev.procession.core.life.DirectoryLayout;
import dev.procession.core.life.Session;
import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import dev.procession.core.memory.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The files of a value that many processes read: a small segment that says whether the value is
 * still shared, and the encoded value in a file of its own, which a process maps only while it
 * decodes. Any process of the session may close it.
 *
 * <pre>
 *     0  CLOSED     0 while the value is shared, then 1 for ever
 * </pre>
 *
 * <p>A process that was killed leaves what it shared; its parent removes the files.
 *
 * <table>
 * <caption>The process killed that</caption>
 * <tr><th>does</th><th>leaves</th></tr>
 * <tr><td>share, before its handle is sent</td><td>files that no process knows</td></tr>
 * <tr><td>close, after the store of CLOSED</td><td>files of a value that counts as closed</td></tr>
 * </table>
 */
final class SharedFile {

    private static final int CLOSED = Segment.BODY;
    private static final int SEGMENT_BYTES = CLOSED + Words.PADDED;

    private final Segment state;
    private final SharedHandle handle;

    private SharedFile(Segment state, SharedHandle handle) {
        this.state = state;
        this.handle = handle;
    }

    /**
     * Writes an encoded value.
     *
     * @param codec what decodes it in other processes; null for the standard one
     * @throws IOException if neither the session's directory nor the spare one has room
     */
    static SharedFile create(Session session, byte[] value, @Nullable Codec codec)
            throws IOException {
        String name = DirectoryLayout.shared(session.self(), session.newName());
        Path content = LaneSpills.writeShared(session, DirectoryLayout.sharedContent(name), value);
        boolean created = false;
        try {
            Segment state = session.createSegment(name, SegmentKind.SHARED, SEGMENT_BYTES);
            SharedHandle handle =
                    new SharedHandle(
                            state.path().toString(), content.toString(), value.length, codec);
            created = true;
            return new SharedFile(state, handle);
        } finally {
            if (!created) {
                Files.deleteIfExists(content);
            }
        }
    }

    /** Opens the segment; null if the value was closed, or the process that shared it is dead. */
    static @Nullable SharedFile open(Session session, SharedHandle handle) throws IOException {
        Path path = LaneSpills.requireShared(session, handle.state());
        try {
            return new SharedFile(Segment.open(path, SegmentKind.SHARED), handle);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    SharedHandle handle() {
        return handle;
    }

    boolean isClosed() {
        return Words.getAcquire(state.memory(), CLOSED) != 0;
    }

    /**
     * Decodes the value, in the calling thread.
     *
     * @throws NoSuchFileException if it was closed meanwhile
     */
    @Nullable Object decode(Session session) throws IOException {
        Path content = LaneSpills.requireShared(session, handle.content());
        Codec codec = handle.codec();
        return (codec == null ? Codec.standard() : codec)
                .decode(LaneSpills.mapShared(content, handle.bytes()));
    }

    /** Marks it as closed and removes the files; does nothing the second time. */
    void close(Session session) throws IOException {
        Words.setRelease(state.memory(), CLOSED, 1);
        Files.deleteIfExists(LaneSpills.requireShared(session, handle.content()));
        state.delete(); // last, because it is what leads to the other
    }
}
