package dev.procession.manager.store;

import dev.procession.core.life.LockProbe;
import dev.procession.core.life.Membership;
import dev.procession.core.memory.Uninterrupted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The files of a store, which only the user may read: the store, the draft of its next generation
 * ({@code .new}), what was cut off ({@code .cut-} and the position, perhaps with a number), the
 * name of an unfinished back-up ({@code .partial}), and a file whose lock says that a server uses
 * it ({@code .lock}). The lock file stays, because a server that has opened it may be about to lock
 * it.
 */
final class StoreFiles {

    /** The stores that this JVM uses; it must not ask the kernel about their locks. */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private static final String CUT = ".cut-";

    /** How the names of unfinished back-ups end, and that of the file which has the name of one. */
    static final String PARTIAL = ".partial";

    private static final int SLICE_BYTES = 1 << 20;

    private final Path file;
    private final Membership lock;

    private StoreFiles(Path file, Membership lock) {
        this.file = file;
        this.lock = lock;
    }

    /**
     * Takes a store for this server.
     *
     * @throws IOException if another server uses it
     */
    static StoreFiles claim(Path named) throws IOException {
        Path absolute = named.toAbsolutePath();
        Path file =
                Files.exists(absolute)
                        ? absolute.toRealPath()
                        : directory(absolute).toRealPath().resolve(absolute.getFileName());
        if (!OURS.add(file)) {
            throw new IOException("a server of this JVM uses this store: file=" + file);
        }
        try {
            return new StoreFiles(file, lock(file, sibling(file, ".lock")));
        } catch (IOException | RuntimeException | Error e) {
            OURS.remove(file);
            throw e;
        }
    }

    private static Membership lock(Path file, Path lock) throws IOException {
        if (Files.notExists(lock) && !LockProbe.isFree(lock)) {
            throw new IOException(
                    "a server uses this store, though its lock file was removed: file=" + lock);
        }
        try {
            return Uninterrupted.call(() -> Membership.claim(lock));
        } catch (IOException e) {
            OptionalLong holder = LockProbe.holder(lock);
            if (holder.isEmpty()) {
                throw e;
            }
            throw new IOException(
                    "a server uses this store: file=" + file + ", pid=" + holder.getAsLong(), e);
        }
    }

    static Path directory(Path file) {
        Path directory = file.getParent();
        return directory == null ? file : directory;
    }

    static Path sibling(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    Path file() {
        return file;
    }

    /** Opens the store; a new one has a header and nothing else. */
    FileChannel open(long salt) throws IOException {
        Files.deleteIfExists(draft()); // its server was killed
        if (Files.notExists(file) || Files.size(file) == 0) {
            try (FileChannel made = makeDraft()) {
                writeAt(made, StoreFormat.header(salt), 0);
                made.force(true);
            }
            install();
            syncDirectory();
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /**
     * Copies the end of a store, which is about to be cut off, to a file of its own.
     *
     * @return the file, whose name has the position
     */
    Path keep(FileChannel source, long from, long end) throws IOException {
        Path kept = sibling(file, CUT + from);
        for (int next = 2; Files.exists(kept, LinkOption.NOFOLLOW_LINKS); next++) {
            kept = sibling(file, CUT + from + "-" + next);
        }
        boolean whole = false;
        try (FileChannel channel = make(kept)) {
            copy(source, from, end, channel, 0, () -> {});
            channel.force(true);
            whole = true;
        } catch (IOException e) {
            throw new IOException(
                    "cannot keep what is to be cut off the store: file="
                            + kept
                            + ", bytes="
                            + (end - from),
                    e);
        } finally {
            if (!whole) {
                Files.deleteIfExists(kept); // it would take the room that lacks
            }
        }
        syncDirectory();
        return kept;
    }

    private Path partial() {
        return sibling(file, PARTIAL);
    }

    /** Notes which file has an unfinished back-up, before there is that file. */
    void notePartial(Path path) throws IOException {
        deletePartial();
        try (FileChannel channel = make(partial())) {
            byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
            writeAt(channel, ByteBuffer.wrap(name), 0);
        }
    }

    /** Whether there may be an unfinished back-up. */
    boolean hasPartial() {
        return Files.exists(partial());
    }

    /** Deletes what there is of an unfinished back-up, and its note. */
    void deletePartial() throws IOException {
        if (hasPartial()) {
            String name = Files.readString(partial(), StandardCharsets.UTF_8);
            if (name.endsWith(PARTIAL)) { // the server may have been killed before that was written
                Files.deleteIfExists(Path.of(name));
            }
            Files.delete(partial());
        }
    }

    private Path draft() {
        return sibling(file, ".new");
    }

    /** Makes the file of the next generation, in the place of one that could not be deleted. */
    FileChannel makeDraft() throws IOException {
        deleteDraft();
        return make(draft());
    }

    /** Makes a file that only the user may read. */
    static FileChannel make(Path path) throws IOException {
        return FileChannel.open(
                path,
                EnumSet.of(
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE),
                PRIVATE);
    }

    /** Gives the draft the store's name. */
    void install() throws IOException {
        Path unused = Files.move(draft(), file, StandardCopyOption.ATOMIC_MOVE);
    }

    void deleteDraft() throws IOException {
        Files.deleteIfExists(draft());
    }

    /** Makes the names of the files survive a crash of the machine. */
    void syncDirectory() throws IOException {
        syncDirectory(file);
    }

    /** Makes the name of a file survive a crash of the machine. */
    static void syncDirectory(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(directory(file), StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Writes all bytes of a buffer. */
    static void writeAt(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /**
     * Copies a part of one file to another position of another.
     *
     * @param between runs before each part
     */
    static void copy(
            FileChannel source,
            long from,
            long end,
            FileChannel target,
            long to,
            StoreThread.Job between)
            throws IOException {
        ByteBuffer slice = ByteBuffer.allocateDirect((int) Math.min(SLICE_BYTES, end - from));
        for (long at = from; at < end; at += slice.limit()) {
            between.run();
            slice.clear().limit((int) Math.min(slice.capacity(), end - at));
            if (source.read(slice, at) < 0) {
                throw new IOException("the store's file was shortened: position=" + at);
            }
            slice.flip();
            writeAt(target, slice, to + at - from);
        }
    }

    /** Lets another server use the store. */
    void release() throws IOException {
        try {
            lock.release();
        } finally {
            OURS.remove(file);
        }
    }
}
