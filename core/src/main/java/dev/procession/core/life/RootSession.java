package dev.procession.core.life;

import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Makes a root's session: the directory, what stands in it, and the sweeping up before. Runs in a
 * thread of its own, which no user can interrupt.
 */
final class RootSession implements Runnable {

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final int SECRET_BYTES = 32;
    private static final long MIN_BYTES = 1 << 18;

    private static volatile boolean warned;

    private @Nullable Session session;
    private @Nullable Throwable failure;

    @Override
    public void run() {
        try {
            session = make();
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
    }

    private static Session make() throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        String configured = System.getProperty(Session.DIRECTORY_PROPERTY);
        if (configured != null) {
            return makeIn(Path.of(configured).toAbsolutePath(), temporary);
        }
        if (Files.isWritable(SHARED_MEMORY)) {
            try {
                return makeIn(SHARED_MEMORY, temporary);
            } catch (IOException e) {
                warn("cannot hold shared memory: " + e.getMessage());
            }
        } else {
            warn("is not there");
        }
        return makeIn(temporary, temporary);
    }

    private static Session makeIn(Path parent, Path temporary) throws IOException {
        NamedMembers.sweep(parent);
        Path base = SessionDirectory.base(parent);
        String self = ProcessHandle.current().pid() + "-" + ProcStat.startTicks() + "-";
        byte[] random = randomBytes(SECRET_BYTES + Long.BYTES);
        String name = self + hex(random, SECRET_BYTES, Long.BYTES / 2);
        Path home = base.resolve(name);
        Path spareBase = spareBase(base, parent, temporary);
        return SessionDirectory.guarded(
                base,
                () -> {
                    if (parent.equals(SHARED_MEMORY)) {
                        requireRoom(base);
                    }
                    SessionDirectory.sweep(base, self);
                    if (!spareBase.equals(base)) {
                        SessionDirectory.sweepSpares(spareBase, base, self);
                    }
                    SessionDirectory.makePrivate(home);
                    try {
                        return populate(home, spareBase.resolve(name), random);
                    } catch (IOException e) {
                        SessionDirectory.delete(home);
                        SessionDirectory.removeIfEmpty(base);
                        throw e;
                    }
                });
    }

    /** Spares of one base stand apart, so that only sessions of that base sweep them. */
    private static Path spareBase(Path base, Path parent, Path temporary) {
        String name = base.getFileName().toString();
        return parent.equals(SHARED_MEMORY)
                ? temporary.resolve(name)
                : temporary.resolve(name + "-" + Integer.toHexString(base.hashCode()));
    }

    /** What every child needs is small, and there should be room for it until the end. */
    private static void requireRoom(Path base) throws IOException {
        long free = base.toFile().getUsableSpace();
        if (free < MIN_BYTES) {
            SessionDirectory.removeIfEmpty(base);
            throw new IOException(
                    "too little room: path=" + base + ", free=" + free + ", needed=" + MIN_BYTES);
        }
    }

    /** Once in this JVM. */
    private static void warn(String what) {
        if (!warned) {
            warned = true;
            log().log(
                            Level.WARNING,
                            SHARED_MEMORY
                                    + " "
                                    + what
                                    + "; the temporary directory takes its place");
        }
    }

    private static System.Logger log() {
        return System.getLogger(RootSession.class.getName());
    }

    private static Session populate(Path home, Path spare, byte[] random) throws IOException {
        byte[] secret = Arrays.copyOf(random, SECRET_BYTES);
        Path file = home.resolve("secret");
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, secret);
        Segment members = Segment.create(home.resolve("members"), SegmentKind.SESSION, 4096);
        Membership membership = Membership.claim(home.resolve(SessionDirectory.ROOT_MEMBER));
        return Session.root(home, spare, secret, membership, members);
    }

    Session result() throws IOException {
        if (session != null) {
            return session;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        throw new IOException(
                "cannot make a place for shared memory and sockets; name a writable directory"
                        + " with -D"
                        + Session.DIRECTORY_PROPERTY
                        + ": "
                        + (failure == null ? "" : failure.getMessage()),
                failure);
    }

    static byte[] randomBytes(int count) throws IOException {
        // Read from the kernel, because SecureRandom's providers take milliseconds to load.
        try (InputStream in = new FileInputStream("/dev/urandom")) {
            byte[] bytes = in.readNBytes(count);
            if (bytes.length < count) {
                throw new IOException("/dev/urandom ended after " + bytes.length + " bytes");
            }
            return bytes;
        }
    }

    private static String hex(byte[] bytes, int from, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < from + count; i++) {
            text.append(Character.forDigit(bytes[i] >> 4 & 15, 16));
            text.append(Character.forDigit(bytes[i] & 15, 16));
        }
        return text.toString();
    }
}
