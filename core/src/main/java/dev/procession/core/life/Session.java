package dev.procession.core.life;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.log.Log;
import dev.procession.core.memory.Mapping;
import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import dev.procession.core.memory.Words;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The directory, the secret and the member numbers that one root process and its descendants share.
 *
 * <p>A process that Procession did not start is a root: its first use of the session makes the
 * directory, and removes the directories of dead roots of the same user. A process that Procession
 * started joins its parent's session. A member's number is never given twice in a session, so it
 * identifies one process for ever; it is the owner token in shared memory.
 *
 * <p>{@link DirectoryLayout} names the files.
 */
public final class Session implements Members {

    private static final Log LOG = Log.of(Session.class);

    /** The system property that names another directory than {@code /dev/shm} for sessions. */
    public static final String DIRECTORY_PROPERTY = "procession.directory";

    private static final int NEXT_MEMBER = Segment.BODY;

    /** The number of a session's root. */
    public static final long ROOT = 1;

    private static final long FIRST_CHILD = ROOT + 1;

    private static volatile @Nullable Session current;

    @GuardedBy("Session.class")
    private static @Nullable SessionPlace planned;

    /**
     * Never added: an attempt to remove a hook is the only way to find out if the JVM shuts down.
     */
    private static final Thread NO_HOOK = new Thread("procession-no-hook");

    private final Path home;
    private final Path spare;
    private final long self;
    private final byte[] secret;
    private final Membership membership;
    private final DeadMembers deadMembers;
    private final AtomicLong nextName = new AtomicLong();
    private final List<Runnable> beforeEnd = new CopyOnWriteArrayList<>();
    private final List<Runnable> lastBeforeEnd = new CopyOnWriteArrayList<>();
    private @Nullable Segment members;
    private @Nullable Membership spareUse;

    private Session(Path home, Path spare, long self, byte[] secret, Membership membership) {
        this.home = home;
        this.spare = spare;
        this.self = self;
        this.secret = secret;
        this.membership = membership;
        this.deadMembers = new DeadMembers(home, "");
    }

    /** Returns this process's session; a root makes it on the first call. */
    public static Session current() throws IOException {
        Session session = current;
        return session != null ? session : createRoot();
    }

    /** Returns the session that a root has just made. */
    static Session root(SessionPlace place, Membership membership, Segment members) {
        Words.setRelease(members.memory(), NEXT_MEMBER, FIRST_CHILD + 1);
        Session session =
                new Session(place.home(), place.spare(), ROOT, place.secret(), membership);
        session.members = members;
        return session;
    }

    /**
     * The data of a session that a root passes to its first child before it has made the session.
     * The number belongs to that child only.
     *
     * @param home the session's planned directory, unless {@link #current} finds no room there
     * @param spare its spare directory
     * @param self the child's member number
     * @param parent the root's member number
     */
    public record FirstChild(Path home, Path spare, long self, long parent) {}

    /** Loads what a root needs to make its session, beside other work; makes nothing. */
    public static void preload() {
        Mapping.preload();
    }

    /** Plans the session of a root that has none yet; null at any later call, and in a child. */
    public static synchronized @Nullable FirstChild planFirstChild() throws IOException {
        if (current != null || planned != null) {
            return null;
        }
        SessionPlace place = SessionPlace.choose();
        planned = place;
        return new FirstChild(place.home(), place.spare(), FIRST_CHILD, ROOT);
    }

    /** Joins the parent's session; a child's main thread does this first. */
    public static Session join(Path home, Path spare, long self) throws IOException {
        Membership membership = Membership.claim(DirectoryLayout.lifeFile(home, self));
        byte[] secret = readSecret(home);
        Session session = new Session(home, spare, self, secret, membership);
        current = session;
        session.endWithTheProcess();
        return session;
    }

    /** Reads the secret of a session, which only its user can. */
    public static byte[] readSecret(Path home) throws IOException {
        return Files.readAllBytes(home.resolve(DirectoryLayout.SECRET));
    }

    private static synchronized Session createRoot() throws IOException {
        Session existing = current;
        if (existing != null) {
            return existing;
        }
        if (isProcessEnding()) {
            throw new IOException(
                    "this JVM is shutting down and makes no place for shared memory any more");
        }
        SessionPlace place = planned;
        planned = null; // after a failure the next call plans anew
        RootSession creation = new RootSession(place != null ? place : SessionPlace.choose());
        Thread thread = new Thread(null, creation, "procession-session");
        thread.setDaemon(true);
        thread.start();
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        Session session = creation.result();
        current = session;
        session.endWithTheProcess();
        return session;
    }

    /** Returns random bytes for a challenge. */
    public static byte[] nonce(int count) throws IOException {
        return SessionPlace.randomBytes(count);
    }

    /** Returns the session's directory. */
    @Override
    public Path home() {
        return home;
    }

    /** Returns the spare directory, for segments and spill files when {@link #home} is full. */
    @Override
    public Path spare() {
        return spare;
    }

    /** Returns this process's member number. */
    @Override
    public long self() {
        return self;
    }

    /** Returns the secret that both ends of a link prove to know; it must not be logged or sent. */
    public byte[] secret() {
        return secret.clone();
    }

    /** Returns the path of the socket on which a member listens. */
    public Path socket(long member) {
        return DirectoryLayout.socket(home, member);
    }

    /** Returns a new member number for a process that is about to start. */
    public synchronized long newMember() throws IOException {
        Segment counter = members;
        if (counter == null) {
            counter = Segment.open(home.resolve(DirectoryLayout.MEMBERS), SegmentKind.SESSION);
            members = counter;
        }
        return Words.getAndAdd(counter.memory(), NEXT_MEMBER, 1);
    }

    /** Returns a number that this process has not used in a name before. */
    @Override
    public long newName() {
        return nextName.incrementAndGet();
    }

    /**
     * True if the kernel has proven that the member is dead. Takes some microseconds; does not
     * block. False for this process itself.
     */
    @Override
    public boolean isDead(long member) throws IOException {
        if (member == self) {
            if (!membership.isHeld()) {
                throw new IOException("this process lost its proof of life: member=" + self);
            }
            return false;
        }
        return deadMembers.isDead(member);
    }

    /** Returns the pid of a living member, for messages; empty if it cannot be found out. */
    public OptionalLong pid(long member) {
        return member == self
                ? OptionalLong.of(ProcessHandle.current().pid())
                : LockProbe.holder(DirectoryLayout.lifeFile(home, member));
    }

    /** As {@link #isDead(long)}, for a process that has not joined the session yet. */
    public static boolean isDead(Path home, long member) throws IOException {
        return LockProbe.isFree(DirectoryLayout.lifeFile(home, member));
    }

    /**
     * True if the member has joined the session, whether or not it is still alive; false once its
     * files were removed.
     */
    public static boolean hasJoined(Path home, long member) {
        return DirectoryLayout.lifeFile(home, member).toFile().exists();
    }

    /**
     * Makes a segment in the session's directory, or, when that is full, in the spare one.
     *
     * @throws IOException if neither has room; no file is left behind then
     */
    @Override
    public Segment createSegment(String name, SegmentKind kind, int length, long... body)
            throws IOException {
        try {
            return Segment.create(home.resolve(name), kind, length, body);
        } catch (IOException e) {
            Path directory = openSpare(e);
            try {
                return Segment.create(directory.resolve(name), kind, length, body);
            } catch (IOException again) {
                again.addSuppressed(e);
                throw again;
            }
        }
    }

    /**
     * Writes a small file that only this user can read, in the session's directory, or, when that
     * is full, in the spare one.
     */
    public Path writeFile(String name, byte[] bytes) throws IOException {
        try {
            return write(home.resolve(name), bytes);
        } catch (IOException e) {
            return write(openSpare(e).resolve(name), bytes);
        }
    }

    /** Writes through a plain stream, because an interrupt would close a channel. */
    private static Path write(Path file, byte[] bytes) throws IOException {
        try (OutputStream out = new FileOutputStream(file.toFile())) {
            out.write(bytes);
            return file;
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /** Returns the spare directory, and makes it if it is missing. */
    @Override
    public synchronized Path openSpare(IOException reason) throws IOException {
        if (!Files.isDirectory(home)) {
            throw reason; // the session is over
        }
        if (spareUse == null) {
            boolean first = !Files.isDirectory(spare);
            spareUse = SessionDirectory.useSpare(spare, self);
            if (first) {
                LOG.log(
                        Level.WARNING,
                        "shared memory goes to {0} from now on if there is no other room:" + " {1}",
                        spare,
                        reason.getMessage());
            }
        }
        return spare;
    }

    /** Removes the files of a member that this process has proven dead; called for its children. */
    public void forget(long member) {
        deadMembers.add(member);
        deleteMatching(home, member);
        if (Files.isDirectory(spare)) {
            deleteMatching(spare, member);
        }
    }

    private static void deleteMatching(Path directory, long member) {
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(directory, DirectoryLayout.filesOf(member))) {
            for (Path file : files) {
                if (Files.isDirectory(file)) {
                    SessionDirectory.delete(file);
                } else {
                    Files.deleteIfExists(file);
                }
            }
        } catch (NoSuchFileException e) {
            // The session is over, because this process ends, say, or another process swept too.
        } catch (IOException | DirectoryIteratorException e) {
            LOG.log(Level.WARNING, "could not remove the files of a dead process", e);
        }
    }

    /**
     * Runs an action when this process ends by itself, before the session's files are removed; the
     * last added runs first.
     */
    public void beforeEnd(Runnable action) {
        beforeEnd.add(0, action);
    }

    /**
     * Runs an action when this process ends by itself, after all actions of {@link #beforeEnd} and
     * before the session's files are removed.
     */
    public void lastBeforeEnd(Runnable action) {
        lastBeforeEnd.add(0, action);
    }

    /** True once this JVM has begun to shut down: its hooks run, or will run next. */
    public static boolean isProcessEnding() {
        try {
            boolean unused = Runtime.getRuntime().removeShutdownHook(NO_HOOK);
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    private void endWithTheProcess() {
        // Not a lambda, which would take milliseconds of a cold start.
        Thread end =
                new Thread("procession-session-end") {
                    @Override
                    public void run() {
                        end();
                    }
                };
        Runtime.getRuntime().addShutdownHook(end);
        if (Session.class.getClassLoader() != ClassLoader.getSystemClassLoader()) {
            loadForTheEnd();
        }
    }

    /**
     * Deletes a directory once, to load all classes that the end needs: a build tool may have
     * closed this class loader by then.
     */
    private static void loadForTheEnd() {
        try {
            SessionDirectory.delete(Files.createTempDirectory("procession-end"));
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a directory could not be deleted on trial", e);
        }
    }

    /** Removes an action, which does not run then. */
    public void forgetLastBeforeEnd(Runnable action) {
        lastBeforeEnd.remove(action);
    }

    private void end() {
        runAll(beforeEnd);
        runAll(lastBeforeEnd);
        if (self == ROOT) {
            try {
                SessionDirectory.delete(home);
                SessionDirectory.delete(spare);
                removeIfEmpty(home.getParent());
                if (Files.isDirectory(spare.getParent())) {
                    removeIfEmpty(spare.getParent());
                }
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "the next start removes the remaining files: path=" + home, e);
            }
        }
    }

    /** Runs all actions; a failure is logged, and the others still run. */
    private static void runAll(List<Runnable> actions) {
        for (Runnable action : actions) {
            try {
                action.run();
            } catch (Throwable e) {
                LOG.log(Level.WARNING, "an action at the end of this process failed", e);
            }
        }
    }

    private static void removeIfEmpty(Path base) throws IOException {
        SessionDirectory.guarded(
                base,
                () -> {
                    SessionDirectory.removeIfEmpty(base);
                    return base;
                });
    }
}
