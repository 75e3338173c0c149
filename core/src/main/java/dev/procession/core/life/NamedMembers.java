package dev.procession.core.life;

import dev.procession.core.log.Log;
import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import dev.procession.core.memory.Words;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Processes of one user that need not know each other and meet under a name.
 *
 * <pre>
 * /dev/shm/procession-USER-names/    0700
 *     guard                          locked while somebody comes or goes
 *     NAME/                          0700
 *         m&lt;member&gt;                  membership file, locked by the member while it lives
 *         members                    the counter of members (a segment)
 *         …                          what they meet for
 * </pre>
 *
 * <p>The name lasts as long as one of them lives. Who comes and finds only the dead removes what
 * they left, and the name is free.
 */
public final class NamedMembers implements Members {

    private static final Log LOG = Log.of(NamedMembers.class);

    /** What is expected of a name. */
    public enum Expectation {
        /** Nobody has it. */
        FREE,
        /** Somebody has it. */
        TAKEN,
        /** Either. */
        ANY
    }

    /** What is done while nobody else comes or goes. */
    @FunctionalInterface
    public interface Founding {
        /** Makes what the first member makes. */
        void found(NamedMembers members) throws IOException;
    }

    /**
     * How a member takes part in what they share, while nobody else comes or goes: from then on it
     * is known there as well, and nobody takes what is there for that of the dead.
     *
     * @param <T> what it takes part by
     */
    @FunctionalInterface
    public interface Attaching<T> {
        /** Attaches to what the first member made. */
        T attach(NamedMembers members) throws IOException;
    }

    private static final String USUAL_PARENT = "/dev/shm";
    private static final Pattern MEMBERSHIP = Pattern.compile(DirectoryLayout.LIFE_FILE_PATTERN);

    /** The number of the process that makes a directory. */
    private static final long FOUNDER = 1;

    private static final int NEXT_MEMBER = Segment.BODY;

    /** A random word that tells these members from others who had the name before. */
    private static final int GENERATION = NEXT_MEMBER + Long.BYTES;

    /** Where this process is a member: its own files must not be probed from here. */
    private static final Map<Path, NamedMembers> OWN = new ConcurrentHashMap<>();

    private final Path home;
    private final Path spare;
    private final long self;
    private final Membership membership;
    private final DeadMembers deadMembers;
    private final Runnable atEnd = this::removeIfAlone;
    private final String tag;
    private final AtomicLong nextName = new AtomicLong();

    /** Whether what they shared is to go, whoever lives; it stays when it cannot be removed now. */
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
     * Becomes a member; to be called once for a name in a process. Nothing of it stays if this
     * fails.
     *
     * @param founding run by the first one
     * @param attaching run by each one
     * @return what the attaching returned
     * @throws FileAlreadyExistsException if the name is taken and should be free
     * @throws NoSuchFileException if it is free and should be taken
     */
    public static <T> T join(
            String name, Expectation expectation, Founding founding, Attaching<T> attaching)
            throws IOException {
        Session unused = Session.current(); // whose making looks at all names as well
        T joined = alone(() -> joinGuarded(name, expectation, founding, attaching));
        if (joined == null) {
            throw new NoSuchFileException(base().resolve(name).toString());
        }
        return joined;
    }

    /** The same for members that share nothing but the name. */
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
        return names(Path.of(parent).toAbsolutePath());
    }

    private static Path names(Path parent) {
        return parent.resolve(SessionPlace.baseName() + "-names");
    }

    /**
     * Beside all names, and not among them, where it would be swept for want of members; other for
     * each home, for a name can be used in many places.
     */
    private static Path spareOf(Path home) {
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
                        return null; // thrown here it would say that the guard is gone
                    }
                    return taken ? enter(home, attaching) : found(home, founding, attaching);
                });
    }

    private static <T> T enter(Path home, Attaching<T> attaching) throws IOException {
        Segment counter = Segment.open(home.resolve(DirectoryLayout.MEMBERS), SegmentKind.SESSION);
        long self = Words.getAndAdd(counter.memory(), NEXT_MEMBER, 1);
        String tag = Long.toHexString(counter.memory().getLong(GENERATION));
        Path file = DirectoryLayout.lifeFile(home, self);
        Membership membership = Membership.claim(file, tag);
        boolean done = false;
        try {
            NamedMembers members = new NamedMembers(home, spareOf(home), self, tag, membership);
            T attached = attaching.attach(members);
            members.forgetDead(); // now that what they shared has a living user
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
     * Removes what the dead left. The membership file last, for it leads here: who dies in between
     * is followed by another one. Under the guard, so what is a draft now will never be more.
     */
    private void forgetDead() throws IOException {
        for (Path file : memberships(home)) {
            long member = DirectoryLayout.memberOfLifeFile(file);
            if (member != self && LockProbe.isFree(file)) {
                DeathSweep.runAll(home, member, self, this::isDead);
                DeathSweep.runAll(spare, member, self, this::isDead);
                Files.deleteIfExists(file);
            }
        }
        try (DirectoryStream<Path> drafts =
                Files.newDirectoryStream(home, DirectoryLayout.LIFE_DRAFTS)) {
            for (Path draft : drafts) {
                Files.deleteIfExists(draft);
            }
        }
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

    private static List<Path> memberships(Path home) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found =
                Files.newDirectoryStream(home, DirectoryLayout.LIFE_FILES)) {
            for (Path file : found) {
                if (MEMBERSHIP.matcher(file.getFileName().toString()).matches()) {
                    files.add(file); // and not a draft, which a kill may have left
                }
            }
        }
        return files;
    }

    /** Removes the names that only the dead have; this process's own are alive. */
    private static void sweepGuarded(Path base) throws IOException {
        try (DirectoryStream<Path> homes = Files.newDirectoryStream(base)) {
            for (Path home : homes) {
                if (Files.isDirectory(home, LinkOption.NOFOLLOW_LINKS)) {
                    sweepAlone(home);
                }
            }
        }
    }

    /** What is wrong with one name keeps no other from being swept, or used. */
    private static void sweepAlone(Path home) {
        try {
            NamedMembers own = OWN.get(home);
            if (own != null && own.disbanded) {
                own.endGuarded(); // which failed before
            }
            if (!OWN.containsKey(home) && Files.isDirectory(home) && allDead(home)) {
                SessionDirectory.delete(home);
                SessionDirectory.delete(spareOf(home));
            }
        } catch (IOException | RuntimeException e) {
            LOG.logger().log(Level.WARNING, "a name is left as it is: path=" + home, e);
        }
    }

    private static boolean allDead(Path home) throws IOException {
        for (Path file : memberships(home)) {
            if (!LockProbe.isFree(file)) {
                return false;
            }
        }
        return !hasHiddenMembers(home, tag(home));
    }

    /**
     * True if another process is a member though its membership file is gone, as when a cleaner of
     * temporary files removed it. To be asked before anything is deleted.
     *
     * @param tag as in {@link Membership#claim(Path, String)}; null if it is not known
     */
    private static boolean hasHiddenMembers(Path home, @Nullable String tag) throws IOException {
        String drafts = DirectoryLayout.lifeDraftPattern(tag == null ? "[0-9a-f]+" : tag);
        return OpenFiles.isAnyOpen(home, Pattern.compile(drafts));
    }

    /**
     * What tells the members in a directory from others who had its name before; null if it cannot
     * be known. Read, not mapped, for a mapping stays until it is collected.
     */
    private static @Nullable String tag(Path home) throws IOException {
        try (InputStream file = Files.newInputStream(home.resolve(DirectoryLayout.MEMBERS))) {
            byte[] head = file.readNBytes(GENERATION + Long.BYTES);
            if (head.length < GENERATION + Long.BYTES) {
                return null; // its founder was killed
            }
            ByteBuffer words = ByteBuffer.wrap(head).order(ByteOrder.nativeOrder());
            return Long.toHexString(words.getLong(GENERATION));
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /**
     * Removes what only the dead have, when a program starts; does nothing if there are no names.
     */
    static void sweep(Path parent) {
        Path base = names(parent);
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
            LOG.logger()
                    .log(Level.WARNING, "could not sweep up names of the dead: path=" + base, e);
        }
    }

    /** False when the name is another circle's by now, or nobody's. */
    private boolean isStillOurs() throws IOException {
        return tag.equals(tag(home)); // inodes are given again
    }

    /**
     * Ends what they shared, for all members; the name is free then. When another member has ended
     * it before, the name may be another circle's by now, which is left alone.
     *
     * <p>This process's proof of life stays: other members ask for it while this process works on
     * what it took. {@link #leave} gives it back, or the JDK when this object is collected.
     */
    public void disband() throws IOException {
        disbanded = true;
        alone(
                () -> {
                    inGuard(this::endGuarded);
                    return this;
                });
    }

    /**
     * Removes what they shared, unless it is another circle's by now. What cannot be removed stays
     * known: the next sweep of this process tries again, and does not look at this process's own
     * lock meanwhile.
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
     * Gives the proof of life back, after {@link #disband}, when nothing of this process is under
     * way that another member may ask for.
     */
    public void leave() throws IOException {
        membership.release();
    }

    /**
     * Removes what they shared when this process ends and all others are dead. It stays a member as
     * long as it lives, for its threads and exit hooks still use what they have: only the kernel
     * says that it has gone.
     */
    private void removeIfAlone() {
        try {
            inGuard(
                    () -> {
                        if (isStillOurs() && (disbanded || isAlone())) {
                            SessionDirectory.delete(home);
                            SessionDirectory.delete(spare);
                        }
                    });
        } catch (IOException e) {
            LOG.logger().log(Level.DEBUG, "the next start sweeps up what is left: path=" + home, e);
        }
    }

    private boolean isAlone() throws IOException {
        for (Path file : memberships(home)) {
            if (DirectoryLayout.memberOfLifeFile(file) != self && !LockProbe.isFree(file)) {
                return false;
            }
        }
        return !hasHiddenMembers(home, tag);
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

    /** In a thread that nobody interrupts, for an interrupt would close the guard's channel. */
    private static synchronized <T> @Nullable T alone(
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
        // What another circle of the name has in the directory may even be this process's own file.
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

    /** Makes a segment in the directory; it has no second place, for others must find it. */
    @Override
    public Segment createSegment(String name, SegmentKind kind, int length, long... body)
            throws IOException {
        return Segment.create(home.resolve(name), kind, length, body);
    }
}
