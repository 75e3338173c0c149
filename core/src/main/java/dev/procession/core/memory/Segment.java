package dev.procession.core.memory;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file in shared memory, mapped into this process.
 *
 * <p>A segment gets its name in one step, when it is complete: all its bytes are written under a
 * temporary name (so that a full file system causes an {@link IOException} here, not a fatal signal
 * at a later access), and then it is linked to its final name. A process that finds the name finds
 * a whole segment.
 *
 * <p>A process that opens a segment does not own it: only its creator, or a process that has proven
 * the owners dead, deletes it. The mapping lives as long as the buffer is reachable, even after
 * {@link #delete}. Instances are immutable; the words of the body belong to the layout that uses
 * them.
 */
public final class Segment {

    /** The offset at which the words of the segment's kind begin. */
    public static final int BODY = SegmentLayout.BODY;

    private static final int PIECE = 1 << 16;

    private final Path path;
    private final ByteBuffer memory;

    private Segment(Path path, ByteBuffer memory) {
        this.path = path;
        this.memory = memory;
    }

    /**
     * Makes a segment of zeros, {@code length} bytes long, header included.
     *
     * @param body the first words of the body, written before the segment gets its name
     * @throws IOException if the name is taken, or the file system is full or refuses the file; no
     *     file is left behind then
     */
    public static Segment create(Path path, SegmentKind kind, int length, long... body)
            throws IOException {
        if (length < BODY + body.length * Long.BYTES || length % Long.BYTES != 0) {
            throw new IllegalArgumentException(
                    "a segment is at least " + BODY + " bytes, in words of 8: length=" + length);
        }
        Path draft = path.resolveSibling("." + path.getFileName() + ".new");
        try {
            writeDraft(draft, kind, length, body);
            Files.createLink(path, draft);
        } catch (IOException e) {
            throw new IOException(
                    "cannot create a shared memory segment: path="
                            + path
                            + ", bytes="
                            + length
                            + ", free="
                            + usableSpace(path)
                            + ": "
                            + e.getMessage(),
                    e);
        } finally {
            Files.deleteIfExists(draft);
        }
        return new Segment(path, map(path, length));
    }

    /**
     * Makes a segment of plain memory that only this process has, in place of a shared one that has
     * ended.
     */
    public static Segment inMemory(Path name, int length, long... body) {
        ByteBuffer memory = ByteBuffer.allocateDirect(length).order(ByteOrder.nativeOrder());
        memory.duplicate().order(ByteOrder.nativeOrder()).position(BODY).asLongBuffer().put(body);
        return new Segment(name, memory);
    }

    /**
     * Maps a segment that another process made.
     *
     * @throws IOException if the segment is missing, of another kind or version, or incomplete
     */
    public static Segment open(Path path, SegmentKind kind) throws IOException {
        long length = Files.size(path);
        if (length < BODY || length > Integer.MAX_VALUE) {
            throw new IOException("not a segment: path=" + path + ", bytes=" + length);
        }
        ByteBuffer memory = map(path, (int) length);
        long magic = memory.getLong(SegmentLayout.MAGIC_AND_VERSION);
        if (magic != SegmentLayout.MAGIC + SegmentLayout.VERSION) {
            String found =
                    (magic & ~0xFFL) == SegmentLayout.MAGIC
                            ? "version " + (magic & 0xFF)
                            : "magic 0x" + Long.toHexString(magic);
            throw new IOException(
                    "not a segment that this version reads: path="
                            + path
                            + ", expected version "
                            + SegmentLayout.VERSION
                            + ", found "
                            + found);
        }
        if (memory.getLong(SegmentLayout.KIND) != kind.wire()
                || memory.getLong(SegmentLayout.LENGTH) != length) {
            throw new IOException(
                    "not a whole segment of kind " + kind + ": path=" + path + ", bytes=" + length);
        }
        return new Segment(path, memory);
    }

    /**
     * Whether a file begins as a whole segment of a kind does, of the version that this process
     * reads.
     *
     * @param head the first bytes of the file, {@link #BODY} or more, in native byte order
     * @param length how long the file is
     */
    public static boolean isWhole(ByteBuffer head, SegmentKind kind, long length) {
        return head.getLong(SegmentLayout.MAGIC_AND_VERSION)
                        == SegmentLayout.MAGIC + SegmentLayout.VERSION
                && head.getLong(SegmentLayout.KIND) == kind.wire()
                && head.getLong(SegmentLayout.LENGTH) == length;
    }

    private static void writeDraft(Path draft, SegmentKind kind, int length, long[] body)
            throws IOException {
        byte[] piece = new byte[Math.min(length, PIECE)];
        // A plain stream, because an interrupt of the calling thread would close a channel.
        try (OutputStream out = new FileOutputStream(draft.toFile())) {
            ByteBuffer header = ByteBuffer.wrap(piece).order(ByteOrder.nativeOrder());
            header.putLong(
                    SegmentLayout.MAGIC_AND_VERSION, SegmentLayout.MAGIC + SegmentLayout.VERSION);
            header.putLong(SegmentLayout.KIND, kind.wire());
            header.putLong(SegmentLayout.LENGTH, length);
            header.position(BODY);
            header.asLongBuffer().put(body);
            for (int written = 0; written < length; ) {
                int count = Math.min(piece.length, length - written);
                out.write(piece, 0, count);
                if (written == 0) {
                    header.clear();
                    header.put(new byte[SegmentLayout.BODY + body.length * Long.BYTES]);
                }
                written += count;
            }
        }
    }

    private static ByteBuffer map(Path path, int length) throws IOException {
        return Mapping.map(path, FileChannel.MapMode.READ_WRITE, length)
                .order(ByteOrder.nativeOrder());
    }

    private static long usableSpace(Path path) {
        return path.toAbsolutePath().getParent().toFile().getUsableSpace();
    }

    /**
     * Returns the mapped bytes, in native byte order; always the same buffer, whose position must
     * not be changed.
     */
    public ByteBuffer memory() {
        return memory;
    }

    /** Returns the path of the segment, which may be deleted already. */
    public Path path() {
        return path;
    }

    /**
     * Removes the name; processes that have mapped the segment keep the memory. Does nothing when
     * the name is gone.
     */
    public void delete() throws IOException {
        Files.deleteIfExists(path);
    }
}
