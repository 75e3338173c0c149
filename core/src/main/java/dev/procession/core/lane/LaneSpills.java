package dev.procession.core.lane;

import dev.procession.core.life.DirectoryLayout;
import dev.procession.core.life.Session;
import dev.procession.core.link.ProtocolException;
import dev.procession.core.memory.Mapping;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/**
 * Spill files: messages that are too large for a ring or a frame. They are in the directory of the
 * segments, written whole before their name is sent, and read and removed by the receiver.
 */
public final class LaneSpills {

    /** In the type of a record: its payload is the name of a spill file. */
    static final int SPILLED = 1 << 31;

    /**
     * A stream copies this many bytes through its stack; for more it allocates memory each time.
     */
    private static final int PIECE = 8192;

    private LaneSpills() {}

    /** Writes a spill file for a control link and returns its path for the receiver. */
    public static byte[] write(Session session, byte[] payload) throws IOException {
        String name = DirectoryLayout.memberSpill(session.self(), session.newName());
        return write(session, name, List.of(ByteBuffer.wrap(payload)))
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the member that wrote a spill file of a lane. */
    static long writer(Path spill) throws ProtocolException {
        try {
            return DirectoryLayout.writerOfLaneSpill(spill);
        } catch (NumberFormatException e) {
            throw new ProtocolException("not the spill file of a lane: path=" + spill);
        }
    }

    /** Writes the file of a shared value, which the process that closes the value removes. */
    public static Path writeShared(Session session, String name, byte[] value) throws IOException {
        return write(session, name, List.of(ByteBuffer.wrap(value)));
    }

    /**
     * Writes a spill file to the session's directory, or, when that is full, to the spare one.
     *
     * @param parts the payload in parts, each from its position to its limit, which stay
     * @throws IOException if neither has room; no file is left behind then
     */
    static Path write(Session session, String name, List<ByteBuffer> parts) throws IOException {
        Path path = session.home().resolve(name);
        try {
            write(path, parts);
        } catch (IOException e) {
            path = session.openSpare(e).resolve(name);
            try {
                write(path, parts);
            } catch (IOException again) {
                again.addSuppressed(e);
                throw new IOException(
                        "no room for a message: bytes=" + bytes(parts) + ", path=" + path, again);
            }
        }
        return path;
    }

    private static long bytes(List<ByteBuffer> parts) {
        long bytes = 0;
        for (ByteBuffer part : parts) {
            bytes += part.remaining();
        }
        return bytes;
    }

    private static void write(Path path, List<ByteBuffer> parts) throws IOException {
        // A plain stream, because an interrupt of the calling thread would close a channel.
        try (OutputStream out = new FileOutputStream(path.toFile())) {
            for (ByteBuffer part : parts) {
                write(out, part.duplicate());
            }
        } catch (IOException e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }

    private static void write(OutputStream out, ByteBuffer part) throws IOException {
        byte[] piece = part.hasArray() ? part.array() : new byte[PIECE];
        while (part.hasRemaining()) {
            int count = Math.min(PIECE, part.remaining());
            if (part.hasArray()) {
                out.write(piece, part.arrayOffset() + part.position(), count);
                part.position(part.position() + count);
            } else {
                part.get(piece, 0, count);
                out.write(piece, 0, count);
            }
        }
    }

    /**
     * Reads a spill file of a control link; the caller discards it once the message is received.
     */
    public static byte[] read(Session session, byte[] name) throws IOException {
        Path path = path(session, name);
        return read(path, Math.toIntExact(Files.size(path)));
    }

    /** Reads the first {@code length} bytes of a spill file. */
    static byte[] read(Path path, int length) throws IOException {
        try (InputStream in = new FileInputStream(path.toFile())) {
            return read(in, path, length);
        }
    }

    /** Reads the first {@code length} bytes of a spill file that was opened. */
    static byte[] read(InputStream in, Path path, int length) throws IOException {
        byte[] payload = new byte[length];
        for (int read = 0; read < length; ) {
            int count = in.read(payload, read, Math.min(PIECE, length - read));
            if (count < 0) {
                throw new EOFException(
                        "a spill file is not whole: path=" + path + ", expected=" + length);
            }
            read += count;
        }
        return payload;
    }

    /** Maps a whole spill file for reading. */
    static ByteBuffer map(Path path) throws IOException {
        return Mapping.map(path, FileChannel.MapMode.READ_ONLY, Files.size(path));
    }

    /** Maps the file of a shared value for reading. */
    public static ByteBuffer mapShared(Path path, int length) throws IOException {
        return Mapping.map(path, FileChannel.MapMode.READ_ONLY, length);
    }

    /** Removes a spill file of a control link. */
    public static void discard(Session session, byte[] name) throws IOException {
        discard(path(session, name));
    }

    /** Removes a spill file that no process will read any more. */
    static void discard(Path path) throws IOException {
        Files.deleteIfExists(path);
    }

    /** Removes all spill files of a lane that no process uses any more. */
    static void discardAll(Session session, long lane) throws IOException {
        discardAll(session.home(), lane);
        if (Files.isDirectory(session.spare())) {
            discardAll(session.spare(), lane);
        }
    }

    private static void discardAll(Path directory, long lane) throws IOException {
        try (DirectoryStream<Path> spills =
                Files.newDirectoryStream(directory, DirectoryLayout.laneSpills(lane))) {
            for (Path spill : spills) {
                Files.deleteIfExists(spill);
            }
        } catch (NoSuchFileException e) {
            // The session is over, and its files have been removed.
        }
    }

    private static Path path(Session session, byte[] name) throws ProtocolException {
        return require(session, new String(name, StandardCharsets.UTF_8));
    }

    /**
     * Returns the path of a spill file; refuses a path that is not in this session's directories.
     */
    static Path require(Session session, String name) throws ProtocolException {
        return require(session, name, "a spill file", DirectoryLayout::isSpill);
    }

    /** The same for the segment, or the file, of a shared value. */
    public static Path requireShared(Session session, String name) throws ProtocolException {
        return require(session, name, "a shared value", DirectoryLayout::isShared);
    }

    private static Path require(
            Session session, String name, String what, Predicate<Path> isNameOfIt)
            throws ProtocolException {
        Path path;
        try {
            path = Path.of(name);
        } catch (InvalidPathException e) {
            throw new ProtocolException("not " + what + " of this session: its name is not a path");
        }
        Path directory = path.getParent();
        if (directory == null
                || !(directory.equals(session.home()) || directory.equals(session.spare()))
                || !isNameOfIt.test(path)) {
            throw new ProtocolException("not " + what + " of this session: path=" + path);
        }
        return path;
    }
}
