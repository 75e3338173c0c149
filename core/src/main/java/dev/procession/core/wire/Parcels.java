package dev.procession.core.wire;

import dev.procession.core.life.Session;
import dev.procession.core.memory.Uninterrupted;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Messages that are too large for a ring or a frame: files beside the segments, written whole
 * before their name is sent, read and removed by the receiver.
 */
public final class Parcels {

    private Parcels() {}

    /** Writes a parcel for a control link and returns what the receiver needs to find it. */
    public static byte[] write(Session session, byte[] payload) throws IOException {
        return write(session, "b", payload);
    }

    /** Writes a parcel for a lane; it goes with the lane at the latest. */
    static byte[] write(Session session, long lane, byte[] payload) throws IOException {
        return write(session, prefix(lane), payload);
    }

    /** With what the names of a lane's parcels begin. */
    private static String prefix(long lane) {
        return "p" + Long.toHexString(lane) + "-";
    }

    private static byte[] write(Session session, String prefix, byte[] payload) throws IOException {
        String name = prefix + session.self() + "-" + session.newName();
        Path path = session.home().resolve(name);
        try {
            write(path, payload);
        } catch (IOException e) {
            path = session.openSpare(e).resolve(name);
            try {
                write(path, payload);
            } catch (IOException again) {
                again.addSuppressed(e);
                throw new IOException(
                        "no room for a message: bytes=" + payload.length + ", path=" + path, again);
            }
        }
        return path.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void write(Path path, byte[] payload) throws IOException {
        // A plain stream, because an interrupt of the calling thread would close a channel.
        try (OutputStream out = new FileOutputStream(path.toFile())) {
            out.write(payload);
        } catch (IOException e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }

    /** Reads a parcel; it is to be discarded when the message counts as received. */
    public static byte[] read(Session session, byte[] name) throws IOException {
        Path path = path(session, name);
        return Uninterrupted.call(() -> Files.readAllBytes(path));
    }

    /** Removes a parcel that nobody will read any more. */
    public static void discard(Session session, byte[] name) throws IOException {
        Files.deleteIfExists(path(session, name));
    }

    /** Removes all parcels of a lane that nobody uses any more. */
    static void discardAll(Session session, long lane) throws IOException {
        discardAll(session.home(), lane);
        if (Files.isDirectory(session.spare())) {
            discardAll(session.spare(), lane);
        }
    }

    private static void discardAll(Path directory, long lane) throws IOException {
        try (DirectoryStream<Path> parcels =
                Files.newDirectoryStream(directory, prefix(lane) + "*")) {
            for (Path parcel : parcels) {
                Files.deleteIfExists(parcel);
            }
        }
    }

    private static Path path(Session session, byte[] name) throws ProtocolException {
        Path path = Path.of(new String(name, StandardCharsets.UTF_8));
        Path directory = path.getParent();
        if (directory == null
                || !(directory.equals(session.home()) || directory.equals(session.spare()))
                || !(path.getFileName().toString().startsWith("b")
                        || path.getFileName().toString().startsWith("p"))) {
            throw new ProtocolException("not a message of this session: path=" + path);
        }
        return path;
    }
}
