package dev.procession.core.life;

import dev.procession.core.log.Log;
import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import dev.procession.core.memory.Words;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The processes of one user that share a directory under a name; they need not know each other.
 *
 * <pre>
 * /dev/shm/procession-USER-names/    0700
 *     guard                          locked while a process joins or leaves
 *     NAME/                          0700
 *         m&lt;member&gt;                  life file, locked by the member while it lives
 *         members                    the counter of members (a segment)
 *         …                          the files that they share
 * </pre>
 *
 * <p>The name lasts as long as one of the members lives. The next process that joins under any name
 * removes the directories in which all members are dead, and their names are free again.
 */
public final class NamedMembers implements Members {

    private static final Log LOG = Log.of(NamedMembers.class);

    /** Whether a process that joins expects members to be there. */
    public enum Expectation {
        /** The name has no members. */
        FREE,
        /** The name has members. */
        TAKEN,
        /** The name may have members or not. */
        ANY
    }

    /**
     * The first member's part in the making of a name, run while no other process joins or leaves.
     */
    @FunctionalInterface
    public interface Founding {
        /** Makes the files that the members share. */
        void found(NamedMembers members) throws IOException;
    }

    /**
     * A member's attachment to the files that the members share, run while no other process joins
     * or leaves. From then on the member is registered in these files, and no process takes them
     * for files of dead members.
     *
     * @param <T> the type of the attachment
     */
    @FunctionalInterface
    public interface Attaching<T> {
        /** Attaches to the files that the first member made. */
        T attach(NamedMembers members) throws IOException;
    }

    private static final String USUAL_PARENT = "/dev/shm";

    /** The member number of the process that makes a directory. */
    static final long FOUNDER = 1;

    /** The directories of which this process is a member: it must not probe its own files. */
    private static final Map<Path, NamedMembers> OWN = new ConcurrentHashMap<>();

    private final Path home;
    private final Path spare;
    private final long self;
    private final Membership membership;
    private final DeadMembers deadMembers;
    private final Runnable atEnd = this::removeIfAlone;
    private final String tag;
    private final AtomicLong nextName = new AtomicLong();

    /**
     * True if the directory is to be removed even if members live; it stays true until the removal
     * succeeds.
     */
    private volatile boolean disbanded;

    private NamedMembers(Path home, Path spare, long self, String tag, Membership membership) {
        this.home = home;
        this.spare = spare;
        this.self = self;
        this.tag = tag;
        this.membership = membership;
        this.deadMembers = new DeadMembers(home, tag);
    }

    /**
     * Becomes a member; called once for a name in a process. A failure leaves no trace.
     *
     * @param founding run by the first member
     * @param attaching run by each member
     * @return the attachment
     * @throws FileAlreadyExistsException if the name is taken and expected to be free
     * @throws NoSuchFileException if the name is free and expected to be taken
     */
    public static <T> T join(
            String name, Expectation expectation, Founding founding, Attaching<T> attaching)
            throws IOException {
        Session unused = Session.current(); // made first, because that sweeps the names as well
        T joined = inOwnThread(() -> joinGuarded(name, expectation, founding, attaching));
        if (joined == null) {
            throw new NoSuchFileException(base().resolve(name).toString());
        }
        return joined;
    }

    /** The same for members that attach to no files. */
    public static NamedMembers join(String name, Expectation expectation, Founding founding)
            throws IOException {
        return join(name, expectation, founding, members -> members);
    }

    private static Path base() {
        String configured = System.getProperty(Session.DIRECTORY_PROPERTY);
        String parent = configured != null ? configured : USUAL_PARENT;
        if (configured == null && !Files.isWritable(Path.of(parent))) {
            parent = System.getProperty("java.io.tmpdir");
        }
        return namesDirectory(Path.of(parent).toAbsolutePath());
    }

    /** Returns the directory of the names, for a directory that contains sessions. */
    static Path namesDirectory(Path parent) {
        return parent.resolve(SessionPlace.baseName() + "-names");
    }

    /**
     * Returns the spare directory of a name. It is not among the directories of the names, where it
     * would be swept because it has no members. It differs for each home, because a name can be
     * used in several parent directories.
     */
    static Path spareOf(Path home) {
        return Path.of(System.getProperty("java.io.tmpdir"))
                .resolve(
                        SessionPlace.baseName()
                                + "-spare-"
                                + Integer.toHexString(home.getParent().hashCode())
                                + "-"
                                + home.getFileName());
    }

    private static <T> @Nullable T joinGuarded(
            String name, Expectation expectation, Founding founding, Attaching<T> attaching)
            throws IOException {
        Path base = base();
        return SessionDirectory.<@Nullable T>guarded(
                base,
                () -> {
                    sweepGuarded(base);
                    Path home = base.resolve(name);
                    boolean taken = Files.isDirectory(home, LinkOption.NOFOLLOW_LINKS);
                    if (taken && expectation == Expectation.FREE) {
                        throw new FileAlreadyExistsException(home.toString());
                    }
                    if (!taken && expectation == Expectation.TAKEN) {
                        SessionDirectory.removeIfEmpty(base);
                        return null; // NoSuchFileException would mean here that the guard is gone
                    }
                    return taken ? enter(home, attaching) : found(home, founding, attaching);
                });
    }

    private static <T> T enter(Path home, Attaching<T> attaching) throws IOException {
        Segment counter = Segment.open(home.resolve(DirectoryLayout.MEMBERS), SegmentKind.SESSION);
        long self = Words.getAndAdd(counter.memory(), MemberFiles.NEXT_MEMBER, 1);
        String tag = Long.toHexString(counter.memory().getLong(MemberFiles.GENERATION));
        Path file = DirectoryLayout.lifeFile(home, self);
        Membership membership = Membership.claim(file, tag);
        boolean done = false;
        try {
            NamedMembers members = new NamedMembers(home, spareOf(home), self, tag, membership);
            T attached = attaching.attach(members);
            members.sweepDead(); // after the attachment, so that the files have a living user
            members.remember();
            done = true;
            return attached;
        } finally {
            if (!done) {
                Files.deleteIfExists(file);
                membership.release();
            }
        }
    }

    private void remember() throws IOException {
        Session.current().lastBeforeEnd(atEnd);
        OWN.put(home, this);
    }

    /**
     * Removes the files of dead members. The life file is removed last: if this process dies
     * before, the next sweep finds it again. Runs under the guard, so no draft belongs to a process
     * that is joining.
     */
    private void sweepDead() throws IOException {
        for (Path file : MemberFiles.list(home)) {
            long member = DirectoryLayout.memberOfLifeFile(file);
            if (member != self && LockProbe.isFree(file)) {
                DeathSweeps.run(home, member, self, this::isDead);
                DeathSweeps.run(spare, member, self, this::isDead);
                Files.deleteIfExists(file);
            }
        }
        MemberFiles.deleteDrafts(home);
    }

    private static <T> T found(Path home, Founding founding, Attaching<T> attaching)
            throws IOException {
        SessionDirectory.makePrivate(home);
        boolean done = false;
        Membership membership = null;
        try {
            long generation = ByteBuffer.wrap(Session.nonce(Long.BYTES)).getLong();
            String tag = Long.toHexString(generation);
            Segment.create(
                    home.resolve(DirectoryLayout.MEMBERS),
                    SegmentKind.SESSION,
                    4096,
                    2,
                    generation);
            membership = Membership.claim(DirectoryLayout.lifeFile(home, FOUNDER), tag);
            NamedMembers members = new NamedMembers(home, spareOf(home), FOUNDER, tag, membership);
            founding.found(members);
            T attached = attaching.attach(members);
            members.remember();
            done = true;
            return attached;
        } finally {
            if (!done) {
                if (membership != null) {
                    membership.release();
                }
                SessionDirectory.delete(home);
                SessionDirectory.removeIfEmpty(home.getParent());
            }
        }
    }

    /** Removes the directories whose members are all dead. Those of this process are skipped. */
    private static void sweepGuarded(Path base) throws IOException {
        try (DirectoryStream<Path> homes = Files.newDirectoryStream(base)) {
            for (Path home : homes) {
                if (Files.isDirectory(home, LinkOption.NOFOLLOW_LINKS)) {
                    sweepOne(home);
                }
            }
        }
    }

    /** Sweeps one name; a failure is logged, and the other names can still be swept and used. */
    private static void sweepOne(Path home) {
        try {
            NamedMembers own = OWN.get(home);
            if (own != null && own.disbanded) {
                own.endGuarded(); // an earlier attempt failed
            }
            if (!OWN.containsKey(home) && Files.isDirectory(home) && MemberFiles.areAllDead(home)) {
                SessionDirectory.delete(home);
                SessionDirectory.delete(spareOf(home));
            }
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.WARNING, "a name was not swept: path=" + home, e);
        }
    }

    /**
     * Returns the directories of the names whose members are all dead, and their spare ones; runs
     * under the guard.
     */
    static List<Path> dead(Path base) throws IOException {
        List<Path> dead = new ArrayList<>();
        try (DirectoryStream<Path> homes = Files.newDirectoryStream(base)) {
            for (Path home : homes) {
                if (Files.isDirectory(home, LinkOption.NOFOLLOW_LINKS)
                        && !OWN.containsKey(home)
                        && MemberFiles.areAllDead(home)) {
                    dead.add(home);
                    if (Files.isDirectory(spareOf(home), LinkOption.NOFOLLOW_LINKS)) {
                        dead.add(spareOf(home));
                    }
                }
            }
        }
        return dead;
    }

    /**
     * Removes the names whose members are all dead, when a program starts; does nothing if there
     * are no names.
     */
    static void sweep(Path parent) {
        Path base = namesDirectory(parent);
        if (!Files.isDirectory(base)) {
            return;
        }
        try {
            SessionDirectory.guarded(
                    base,
                    () -> {
                        sweepGuarded(base);
                        SessionDirectory.removeIfEmpty(base);
                        return base;
                    });
        } catch (IOException e) {
            LOG.log(Level.WARNING, "could not sweep the names of dead members: path=" + base, e);
        }
    }

    /** False when the name belongs to other members by now, or is free. */
    private boolean isStillOurs() throws IOException {
        return tag.equals(MemberFiles.tag(home)); // not compared by inode, which may be reused
    }

    /**
     * Removes the shared directory, for all members; afterwards the name is free. If another member
     * has removed it before, and other members have the name now, their directory stays.
     *
     * <p>This process's proof of life stays: other members probe it while this process works on the
     * elements that it took. {@link #leave} gives it up, or the JDK when this object is collected.
     */
    public void disband() throws IOException {
        disbanded = true;
        inOwnThread(
                () -> {
                    inGuard(this::endGuarded);
                    return this;
                });
    }

    /**
     * Removes the shared directory, unless it belongs to other members by now. If that fails, the
     * directory stays registered: the next sweep of this process tries again, and until then no
     * sweep of this process probes its own lock.
     */
    private void endGuarded() throws IOException {
        if (isStillOurs()) {
            SessionDirectory.delete(home);
            SessionDirectory.delete(spare);
        }
        OWN.remove(home, this);
        Session.current().forgetLastBeforeEnd(atEnd);
    }

    /**
     * Gives up the proof of life, after {@link #disband}, when this process works on nothing that
     * another member may probe it for.
     */
    public void leave() throws IOException {
        membership.release();
    }

    /**
     * Removes the shared directory when this process ends and all other members are dead. This
     * process stays a member as long as it lives, because its threads and exit hooks still use the
     * shared files; the kernel ends its membership.
     */
    private void removeIfAlone() {
        try {
            inGuard(
                    () -> {
                        if (isStillOurs()
                                && (disbanded || MemberFiles.areOthersDead(home, self, tag))) {
                            SessionDirectory.delete(home);
                            SessionDirectory.delete(spare);
                        }
                    });
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the next start removes the remaining files: path=" + home, e);
        }
    }

    private interface Removal {
        void run() throws IOException;
    }

    private void inGuard(Removal removal) throws IOException {
        Path base = home.getParent();
        SessionDirectory.guarded(
                base,
                () -> {
                    removal.run();
                    sweepGuarded(base);
                    SessionDirectory.removeIfEmpty(base);
                    return base;
                });
    }

    /**
     * Runs an operation in a thread that users cannot interrupt, because an interrupt would close
     * the guard's channel.
     */
    private static synchronized <T> @Nullable T inOwnThread(
            SessionDirectory.Guarded<@Nullable T> operation) throws IOException {
        FutureTask<@Nullable T> task = new FutureTask<>(operation::run);
        Thread thread = new Thread(null, task, "procession-name");
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IOException("cannot join under a name", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException failure =
                    new InterruptedIOException("interrupted while joining under a name");
            failure.initCause(e);
            throw failure;
        }
    }

    @Override
    public long self() {
        return self;
    }

    @Override
    public boolean isDead(long member) throws IOException {
        if (member == self) {
            if (!membership.isHeld()) {
                throw new IOException("this process lost its proof of life: member=" + self);
            }
            return false;
        }
        // If other members have the name now, a file there may even be this process's own.
        return deadMembers.isDead(member, isStillOurs());
    }

    @Override
    public Path home() {
        return home;
    }

    @Override
    public Path spare() {
        return spare;
    }

    @Override
    public Path openSpare(IOException reason) throws IOException {
        if (!Files.isDirectory(home)) {
            throw reason; // the name is gone
        }
        SessionDirectory.makePrivate(spare);
        return spare;
    }

    @Override
    public long newName() {
        return nextName.incrementAndGet();
    }

    /**
     * Makes a segment in the directory, never in the spare one, because other members must find it.
     */
    @Override
    public Segment createSegment(String name, SegmentKind kind, int length, long... body)
            throws IOException {
        return Segment.create(home.resolve(name), kind, length, body);
    }
}
