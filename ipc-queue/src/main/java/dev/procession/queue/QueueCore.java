package dev.procession.queue;

import dev.procession.core.life.Members;
import dev.procession.core.life.NamedMembers;
import dev.procession.core.life.Session;
import dev.procession.core.memory.BesideName;
import dev.procession.core.memory.KillPoint;
import dev.procession.core.memory.QueueLayout;
import dev.procession.core.memory.QueueLeases;
import dev.procession.core.memory.QueueReader;
import dev.procession.core.memory.QueueRun;
import dev.procession.core.memory.QueueShape;
import dev.procession.core.memory.QueueSlots;
import dev.procession.core.memory.QueueWriter;
import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import dev.procession.core.memory.TwoLockRing;
import dev.procession.core.wire.AdaptiveSpin;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A queue of bytes as this process is attached to it: one for all of its {@link ProcessQueue}s that
 * stand for the same queue.
 *
 * <p>Each attempt takes a lock of the ring, does its few copies, and gives it back; nothing is held
 * while a thread waits. Afterwards it rings for those who wait for what it did, and when there is
 * more to do than one can, for the next one as well: so whoever was woken and died is made up for
 * by the next one to come.
 */
final class QueueCore {

    /** What is put under one lock, about. */
    private static final long BATCH_BYTES = 1 << 16;

    /** What is taken under one lock, about: small enough that its copy stays in a near cache. */
    private static final long DRAIN_BYTES = 1 << 13;

    private static final long DEATH_LOOK_NANOS = 100_000_000;

    private final TwoLockRing ring;
    private final QueueWriter writer;
    private final QueueReader reader;
    private final QueueSlots slots;
    private final QueueLeases leases;
    private final SideFiles files;
    private final SideLedger ledger;
    private final WaitRoom room;
    private final Ringers ringers;
    private final Members members;
    private final boolean shared;
    private final @Nullable String publicName;
    // Of all threads that wait here: what one learns by looking in vain is good for the others.
    private final AdaptiveSpin takeSpin = new AdaptiveSpin();
    private final AdaptiveSpin putSpin = new AdaptiveSpin();
    private volatile int lastWoken;
    private volatile long lookedForDead = System.nanoTime() - DEATH_LOOK_NANOS;
    private volatile boolean ended;

    private QueueCore(
            Members members, TwoLockRing ring, boolean shared, @Nullable String publicName) {
        String name = ring.segment().path().getFileName().toString();
        this.ring = ring;
        this.writer = ring.writer();
        this.reader = ring.reader();
        this.slots = ring.slots();
        this.leases = ring.leases();
        this.files = new SideFiles(members, name);
        this.ledger = new SideLedger(files, ring::isThere);
        this.room = new WaitRoom(ring, bell(members, name, members.self()));
        this.ringers = new Ringers(member -> bell(members, name, member));
        this.members = members;
        this.shared = shared;
        this.publicName = publicName;
    }

    private static Path bell(Members members, String name, long member) {
        return members.home().resolve(name + ".b" + member);
    }

    /** Makes a queue in the session. */
    static QueueCore create(Session session, QueueShape shape) throws IOException {
        Segment segment =
                session.createSegment(
                        "q" + session.self() + "-" + session.newName(),
                        SegmentKind.QUEUE,
                        shape.segmentBytes(),
                        shape.toWords());
        return new QueueCore(
                session, new TwoLockRing(segment, session.self(), session::isDead), true, null);
    }

    /** Attaches to a queue that some process made; to one that ended if there is none any more. */
    static QueueCore attach(Members members, Path path, @Nullable String name) throws IOException {
        try {
            Segment segment = Segment.open(path, SegmentKind.QUEUE);
            return new QueueCore(
                    members, new TwoLockRing(segment, members.self(), members::isDead), true, name);
        } catch (NoSuchFileException e) {
            return ended(members, path, name);
        }
    }

    /** A queue that was closed and emptied before this process came to it. */
    static QueueCore ended(Members members, Path path, @Nullable String name) throws IOException {
        QueueShape shape = QueueShape.of(1, 1);
        Segment segment = Segment.inMemory(path, shape.segmentBytes(), shape.toWords());
        TwoLockRing ring = new TwoLockRing(segment, members.self(), members::isDead);
        ring.writer().close();
        return new QueueCore(members, ring, false, name);
    }

    /** Makes the segment of a queue with a name. */
    static void make(Members members, QueueShape shape) throws IOException {
        // Never the same again, so that what is left of an ended one is not taken for this one's.
        String name = "q1-" + Long.toHexString(System.nanoTime());
        members.createSegment(name, SegmentKind.QUEUE, shape.segmentBytes(), shape.toWords());
    }

    /** Attaches to the queue that the members of a name made. */
    static QueueCore attach(NamedMembers members, String name) throws IOException {
        List<Path> segments = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(members.home(), "q*")) {
            for (Path file : files) {
                if (!file.getFileName().toString().contains(".")) {
                    segments.add(file);
                }
            }
        }
        Path path = segments.isEmpty() ? members.home().resolve("q") : segments.get(0);
        return attach(members, path, name);
    }

    /** The name by which others open it, if it has one. */
    @Nullable String publicName() {
        return publicName;
    }

    Path path() {
        return ring.segment().path();
    }

    TwoLockRing ring() {
        return ring;
    }

    boolean isOver() {
        return ring.isOver();
    }

    /**
     * Puts an element.
     *
     * @param nanos how long to wait for room; {@link Long#MAX_VALUE} for ever
     * @return false if the time was over before there was room
     */
    boolean put(byte[] element, long nanos) throws InterruptedException {
        requireSize(element);
        if (element.length <= ring.shape().maxInlineBytes()) {
            switch (attempt(element, nanos)) {
                case DONE -> {
                    return true;
                }
                case FULL -> {
                    if (nanos <= 0) {
                        return false;
                    }
                }
                case TOO_LARGE_FOR_NOW, CLOSED -> {
                    // The way that waits sees to it.
                }
            }
        }
        return putSlowly(element, nanos);
    }

    private void requireSize(byte[] element) {
        if (element.length > ring.shape().byteBound()) {
            throw new QueueException(
                    "the element is larger than the queue: bytes="
                            + element.length
                            + ", capacityBytes="
                            + ring.shape().byteBound()
                            + "; make the queue with a larger capacityBytes");
        }
    }

    private boolean putSlowly(byte[] element, long nanos) throws InterruptedException {
        long start = System.nanoTime();
        BesideName beside = null;
        boolean done = false;
        boolean inline = element.length <= ring.shape().maxInlineBytes();
        try {
            while (true) {
                long left = left(nanos, start);
                if (ring.isClosed()) {
                    throw new QueueClosedException("the queue is closed: it takes no elements");
                }
                QueueWriter.Result result = QueueWriter.Result.TOO_LARGE_FOR_NOW;
                if (inline && beside == null) {
                    result = attempt(element, left);
                }
                // Only when there seems to be room, so that a full queue does not fill the memory.
                if (result == QueueWriter.Result.TOO_LARGE_FOR_NOW
                        && ring.hasRoom(element.length)) {
                    if (beside == null) {
                        beside = writeFile(element);
                    }
                    result = attemptBeside(beside, left);
                }
                if (result == QueueWriter.Result.DONE) {
                    done = true;
                    return true;
                }
                if (result != QueueWriter.Result.CLOSED
                        && !await(QueueLayout.ROOM, element.length, left)) {
                    return false;
                }
            }
        } finally {
            if (!done && beside != null) {
                delete(beside);
            }
        }
    }

    private QueueWriter.Result attemptBeside(BesideName beside, long nanos) {
        if (!writer.lock(lockNanos(nanos))) {
            return QueueWriter.Result.FULL;
        }
        QueueWriter.Result result;
        long offset;
        try {
            result = writer.append(QueueLayout.BESIDE, beside.toPayload(), beside.bytes());
            offset = writer.lastOffset();
        } catch (IOException e) {
            throw corrupt(e);
        } finally {
            writer.unlock();
        }
        if (result == QueueWriter.Result.DONE) {
            afterPut();
            remember(offset, beside);
        }
        return result;
    }

    private void remember(long offset, BesideName beside) {
        try {
            ledger.put(offset, beside);
        } catch (IOException e) {
            log().log(Level.WARNING, "the file of a large element is left", e);
        }
    }

    private BesideName writeFile(byte[] element) {
        try {
            BesideName name = files.write(element);
            if (KillPoint.ON) {
                KillPoint.PUT_FILE_WRITTEN.reached();
            }
            return name;
        } catch (IOException e) {
            throw new QueueException(
                    "no room for a large element: bytes=" + element.length + ": " + e.getMessage(),
                    e);
        }
    }

    private QueueWriter.Result attempt(byte[] element, long nanos) {
        if (!writer.lock(lockNanos(nanos))) {
            return QueueWriter.Result.FULL;
        }
        QueueWriter.Result result;
        try {
            result = writer.append(QueueLayout.INLINE, element, element.length);
        } catch (IOException e) {
            throw corrupt(e);
        } finally {
            writer.unlock();
        }
        if (result == QueueWriter.Result.DONE) {
            afterPut();
        }
        return result;
    }

    /** Who does not wait for room waits for the lock all the same: it is held for moments. */
    private static long lockNanos(long nanos) {
        return nanos <= 0 ? Long.MAX_VALUE : nanos;
    }

    /**
     * Puts as many of these elements as there is room for now and one batch may have, under one
     * lock; large ones are left out.
     *
     * @return how many, from {@code from} on
     */
    int putAll(List<byte[]> elements, int from) {
        int put;
        writer.lock(Long.MAX_VALUE);
        try {
            put = writer.appendAll(elements, from, BATCH_BYTES);
        } catch (IOException e) {
            throw corrupt(e);
        } finally {
            writer.unlock();
        }
        if (put > 0) {
            afterPut();
        }
        return put;
    }

    private void afterPut() {
        if (KillPoint.ON) {
            KillPoint.PUT_UNLOCKED.reached();
        }
        if (slots.isQuiet()) {
            return;
        }
        if (slots.hasWaiters(QueueLayout.ELEMENT)) {
            wake(QueueLayout.ELEMENT);
        }
        if (slots.hasWaiters(QueueLayout.ROOM) && ring.hasRoom(1)) {
            wake(QueueLayout.ROOM);
        }
    }

    /**
     * Takes the oldest element.
     *
     * @param nanos how long to wait for one; {@link Long#MAX_VALUE} for ever
     * @return null if the time was over before there was one, or the queue is closed and empty
     */
    byte @Nullable [] take(long nanos) throws InterruptedException {
        byte[] element = attempt(nanos);
        if (element != null || nanos <= 0) {
            return element;
        }
        long start = System.nanoTime();
        while (true) {
            long left = left(nanos, start);
            if (isOver() || !await(QueueLayout.ELEMENT, 0, left)) {
                return null;
            }
            element = attempt(left);
            if (element != null) {
                return element;
            }
        }
    }

    private byte @Nullable [] attempt(long nanos) {
        if (!isWorthALock() || !reader.lock(lockNanos(nanos))) {
            return null;
        }
        byte[] payload;
        BesideName beside = null;
        InputStream file = null;
        try {
            boolean found = reader.next();
            int returned = oldestReturned();
            if (returned >= 0) {
                payload = takeReturned(returned);
            } else if (found) {
                payload = reader.payload();
                if (reader.kind() == QueueLayout.BESIDE) {
                    beside = BesideName.of(payload);
                    file = files.open(beside);
                }
                slots.addTaken(1);
                reader.consume();
            } else {
                return null;
            }
        } catch (IOException e) {
            throw corrupt(e);
        } finally {
            reader.unlock();
        }
        afterTake();
        return beside == null ? payload : read(beside, file);
    }

    /** Takes what came back from a lease; under the lock, for that is rare. */
    private byte[] takeReturned(int lease) throws IOException {
        BesideName name = leases.file(lease);
        byte[] element = readWhole(name, files.openLease(name));
        slots.addTaken(1);
        leases.take(lease);
        files.deleteLease(name);
        return element;
    }

    /**
     * Takes the oldest element on approval.
     *
     * @param nanos how long to wait for one; {@link Long#MAX_VALUE} for ever
     * @return null if the time was over before there was one, or the queue is closed and empty
     */
    @Nullable LeasedBytes lease(long nanos) throws InterruptedException {
        long start = System.nanoTime();
        while (true) {
            LeasedBytes leased = attemptLease(left(nanos, start));
            if (leased != null) {
                return leased;
            }
            if (isOver() || !await(QueueLayout.ELEMENT, 0, left(nanos, start))) {
                return null;
            }
        }
    }

    private @Nullable LeasedBytes attemptLease(long nanos) {
        if (!isWorthALock() || !reader.lock(lockNanos(nanos))) {
            return null;
        }
        LeasedBytes leased;
        try {
            boolean found = reader.next();
            int returned = oldestReturned();
            if (returned >= 0) {
                BesideName name = leases.file(returned);
                leased = new LeasedBytes(returned, readWhole(name, files.openLease(name)));
                leases.hold(returned);
            } else if (found) {
                leased = leaseOldest();
            } else {
                return null;
            }
        } catch (IOException e) {
            throw new QueueException("an element cannot be leased: path=" + path(), e);
        } finally {
            reader.unlock();
        }
        afterTake();
        return leased;
    }

    /** Under the lock; a file is written there, so that the element is never in one place only. */
    private LeasedBytes leaseOldest() throws IOException {
        byte[] element = reader.payload();
        BesideName name;
        BesideName beside = null;
        if (reader.kind() == QueueLayout.BESIDE) {
            beside = BesideName.of(element);
            element = readWhole(beside, files.open(beside));
            name = files.linkLease(beside);
        } else {
            name = files.writeLease(element);
        }
        int lease = leases.prepare(name);
        if (lease < 0) {
            files.deleteLease(name);
            throw new QueueException("too many leases at once: at most " + QueueLayout.LEASE_COUNT);
        }
        if (KillPoint.ON) {
            KillPoint.LEASE_PREPARED.reached();
        }
        reader.consume();
        if (KillPoint.ON) {
            KillPoint.LEASE_COMMITTED.reached();
        }
        if (beside != null) {
            delete(beside);
        }
        return new LeasedBytes(lease, element);
    }

    /** Ends a lease: the element is done with. */
    void acknowledge(int lease) {
        BesideName name = leases.file(lease);
        if (!leases.acknowledge(lease)) {
            throw new QueueException("this lease is not this process's any more: lease=" + lease);
        }
        if (KillPoint.ON) {
            KillPoint.LEASE_ACKNOWLEDGED.reached();
        }
        try {
            files.deleteLease(name);
        } catch (IOException e) {
            log().log(Level.WARNING, "the file of a leased element is left: {0}", name);
        }
        wakeIfIdle();
        if (ring.isOver()) {
            end();
        }
    }

    /** Ends a lease: the element comes back. */
    void giveBack(int lease) {
        if (leases.giveBack(lease)) {
            wake(QueueLayout.ELEMENT);
        }
    }

    private boolean isWorthALock() {
        return reader.isReady() || (leases.isUsed() && isTimeToLookForDead());
    }

    private boolean isTimeToLookForDead() {
        return System.nanoTime() - lookedForDead >= DEATH_LOOK_NANOS;
    }

    /**
     * The element that came back and was put first, or -1; under the lock. Now and then it lets
     * come back what the dead held: the death of a holder rings nobody.
     */
    private int oldestReturned() throws IOException {
        if (!reader.hasLeases()) {
            return -1;
        }
        if (isTimeToLookForDead()) {
            lookedForDead = System.nanoTime();
            leases.returnOfTheDead();
        }
        return reader.returned();
    }

    private byte[] read(BesideName beside, @Nullable InputStream file) {
        try {
            byte[] element = readWhole(beside, file);
            if (KillPoint.ON) {
                KillPoint.TAKE_FILE_READ.reached();
            }
            return element;
        } finally {
            delete(beside);
        }
    }

    private static byte[] readWhole(BesideName beside, @Nullable InputStream file) {
        if (file == null) {
            throw new QueueException("the file of a large element is not there: " + beside);
        }
        try (file) {
            byte[] element = file.readAllBytes();
            if (element.length != beside.bytes()) {
                throw new QueueException("the file of a large element is not whole: " + beside);
            }
            return element;
        } catch (IOException e) {
            throw new QueueException("a large element could not be read: " + beside, e);
        }
    }

    private void delete(BesideName beside) {
        try {
            files.delete(beside);
        } catch (IOException e) {
            log().log(Level.WARNING, "the file of a large element is left: {0}", beside);
        }
    }

    private void afterTake() {
        if (KillPoint.ON) {
            KillPoint.TAKE_UNLOCKED.reached();
        }
        if (slots.isQuiet()) {
            return;
        }
        if (slots.hasWaiters(QueueLayout.ROOM)) {
            wake(QueueLayout.ROOM);
        }
        if (slots.hasWaiters(QueueLayout.ELEMENT) && !ring.isEmpty()) {
            wake(QueueLayout.ELEMENT);
        }
        if (ring.isClosed() && ring.isOver()) {
            end();
        }
    }

    /** The oldest element, which stays; null if there is none. */
    byte @Nullable [] peek() {
        if (ring.isEmpty()) {
            return null;
        }
        byte[] payload;
        BesideName beside = null;
        InputStream file = null;
        reader.lock(Long.MAX_VALUE);
        try {
            boolean found = reader.next();
            int returned = reader.returned();
            if (returned >= 0) {
                BesideName name = leases.file(returned);
                return readWhole(name, files.openLease(name));
            }
            if (!found) {
                return null;
            }
            payload = reader.payload();
            if (reader.kind() == QueueLayout.BESIDE) {
                beside = BesideName.of(payload);
                file = files.open(beside);
            }
        } catch (IOException e) {
            throw corrupt(e);
        } finally {
            reader.unlock();
        }
        return beside == null ? payload : readWhole(beside, file);
    }

    /**
     * Takes elements under one lock, up to a bound and without waiting: no large one but as the
     * first, and no more than others may be kept waiting for.
     *
     * @param run is to have them; not used before, or by this thread
     */
    void takeAll(int most, QueueRun run) {
        run.clear();
        if (leases.returned() == 0) {
            reader.lock(Long.MAX_VALUE);
            try {
                reader.copyRun(most, DRAIN_BYTES, run);
                if (run.count() > 0) {
                    slots.addTaken(run.count());
                    reader.consumeRun(run.count());
                }
            } catch (IOException e) {
                throw corrupt(e);
            } finally {
                reader.unlock();
            }
            if (run.count() > 0) {
                afterTake();
                return;
            }
        }
        byte[] element = attempt(0); // a large one, or one that came back
        if (element != null) {
            run.set(element);
        }
    }

    /** All elements, as they are at one moment. */
    List<QueueEntry> entries() {
        List<QueueEntry> entries = new ArrayList<>();
        if (ring.isEmpty()) {
            return entries;
        }
        reader.lock(Long.MAX_VALUE);
        try {
            boolean found = reader.next();
            for (int lease = 0; leases.isUsed() && lease < QueueLayout.LEASE_COUNT; lease++) {
                if (leases.isReturned(lease)) {
                    byte[] name = leases.file(lease).toPayload();
                    entries.add(new QueueEntry(lease, QueueLayout.RETURNED, name));
                }
            }
            for (; found; found = reader.following()) {
                entries.add(new QueueEntry(reader.offset(), reader.kind(), reader.payload()));
            }
        } catch (IOException e) {
            throw corrupt(e);
        } finally {
            reader.unlock();
        }
        return entries;
    }

    /** What an entry stands for; null if it is a large element that has been taken meanwhile. */
    byte @Nullable [] element(QueueEntry entry) {
        if (entry.kind() == QueueLayout.INLINE) {
            return entry.payload();
        }
        BesideName beside = BesideName.of(entry.payload());
        try {
            if (entry.kind() == QueueLayout.RETURNED) {
                return readWhole(beside, files.openLease(beside));
            }
            InputStream file = files.open(beside);
            return file == null ? null : readWhole(beside, file);
        } catch (IOException e) {
            throw new QueueException("a large element could not be read: " + beside, e);
        }
    }

    /** Removes an element, wherever it is; false if it is not there any more. */
    boolean remove(QueueEntry entry) {
        boolean found = false;
        reader.lock(Long.MAX_VALUE);
        try {
            found = reader.next();
            if (entry.kind() == QueueLayout.RETURNED) {
                found = removeReturned(entry);
            } else {
                while (found && reader.offset() != entry.offset()) {
                    found = reader.following();
                }
                // The same place, and, if the ring has gone round since, the same element.
                found =
                        found
                                && reader.kind() == entry.kind()
                                && Arrays.equals(reader.payload(), entry.payload());
                if (found) {
                    reader.remove();
                }
            }
        } catch (IOException e) {
            throw corrupt(e);
        } finally {
            reader.unlock();
        }
        if (found) {
            if (entry.kind() == QueueLayout.BESIDE) {
                delete(BesideName.of(entry.payload()));
            }
            afterTake();
            wakeIfIdle();
        }
        return found;
    }

    private boolean removeReturned(QueueEntry entry) throws IOException {
        int lease = (int) entry.offset();
        BesideName name = BesideName.of(entry.payload());
        if (!leases.file(lease).equals(name) || !leases.take(lease)) {
            return false;
        }
        files.deleteLease(name);
        return true;
    }

    /** Removes what is in the queue now; it counts as done. */
    void clear() {
        for (int left = ring.size(); left > 0; left--) {
            byte[] element = attempt(0);
            if (element == null) {
                return;
            }
            taskDone();
        }
    }

    /** Counts an element that this process took as done; false if there is none. */
    boolean taskDone() {
        if (!slots.addDone()) {
            return false;
        }
        wakeIfIdle();
        return true;
    }

    private void wakeIfIdle() {
        if (slots.hasWaiters(QueueLayout.IDLE) && ring.isIdle()) {
            wakeAll(QueueLayout.IDLE);
        }
    }

    /** Waits until all elements are done, those aside that dead processes had taken. */
    boolean join(long nanos) throws InterruptedException {
        long start = System.nanoTime();
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (ring.isIdle()) {
                wakeIfIdle(); // the others that wait as well
                return true;
            }
            try {
                slots.freeDead();
            } catch (IOException e) {
                throw new QueueException("cannot ask who is alive", e);
            }
            if (ring.isIdle()) {
                continue;
            }
            long left = left(nanos, start);
            if (left <= 0) {
                return false;
            }
            // What it waits for may be done by the death of another, for which nobody rings.
            room.sleep(
                    QueueLayout.IDLE,
                    () -> isReady(QueueLayout.IDLE, 0),
                    Math.min(left, DEATH_LOOK_NANOS));
        }
    }

    /** Looks for a while, then sleeps once; false if the time was over before. */
    private boolean await(int what, long bytes, long nanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        AdaptiveSpin spin = what == QueueLayout.ELEMENT ? takeSpin : putSpin;
        if (nanos > 0 && spin.spin(() -> isReady(what, bytes))) {
            return true;
        }
        if (nanos <= 0) {
            // It may have been this one that was woken, just when its time was over.
            if (isReady(what, bytes)) {
                wake(what);
            }
            return false;
        }
        try {
            // What is leased may come back by a death, for which nobody rings.
            long most = leases.isAnyHeld() ? Math.min(nanos, DEATH_LOOK_NANOS) : nanos;
            room.sleep(what, () -> isReady(what, bytes), most);
        } catch (InterruptedException e) {
            wake(what);
            throw e;
        }
        return true;
    }

    private boolean isReady(int what, long bytes) {
        return switch (what) {
            case QueueLayout.ELEMENT -> !ring.isEmpty() || ring.isOver();
            case QueueLayout.ROOM -> ring.hasRoom(bytes) || ring.isClosed();
            default -> ring.isIdle();
        };
    }

    private static long left(long nanos, long start) {
        return nanos == Long.MAX_VALUE ? nanos : nanos - (System.nanoTime() - start);
    }

    /** Wakes one process of those that wait. */
    private void wake(int what) {
        int slot = slots.claimWaiter(what, lastWoken);
        while (slot >= 0) {
            lastWoken = slot;
            if (ring(what, slot)) {
                return;
            }
            slot = slots.claimWaiter(what, slot);
        }
    }

    /** Wakes all that wait. */
    private void wakeAll(int what) {
        for (int slot = slots.claimWaiter(what, -1), last = -1;
                slot > last;
                slot = slots.claimWaiter(what, slot)) {
            ring(what, slot);
            last = slot;
        }
    }

    private boolean ring(int what, int slot) {
        if (slot == slots.mine()) {
            return room.look(what);
        }
        long member = slots.owner(slot);
        return member != 0 && ringers.ring(member);
    }

    /** Closes the queue for all processes. */
    void close() {
        writer.lock(Long.MAX_VALUE);
        try {
            writer.close();
        } finally {
            writer.unlock();
        }
        wakeAll(QueueLayout.ELEMENT);
        wakeAll(QueueLayout.ROOM);
        if (ring.isOver()) {
            end();
        }
    }

    /** The queue is closed and empty: nobody will need its memory any more. */
    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        wakeAll(QueueLayout.ELEMENT);
        try {
            if (shared) {
                ring.segment().delete();
                files.deleteAll();
            }
            room.close();
            ringers.close();
            if (members instanceof NamedMembers named) {
                named.disband();
            }
        } catch (IOException e) {
            log().log(Level.WARNING, "could not remove all of a queue that has ended", e);
        }
    }

    private QueueException corrupt(IOException e) {
        return new QueueException(e.getMessage() + ": path=" + path(), e);
    }

    static long nanos(long timeout, TimeUnit unit) {
        return Math.max(0, unit.toNanos(timeout));
    }

    /** Not a constant: loading the logging takes 20 ms of a cold start. */
    private static System.Logger log() {
        return System.getLogger(QueueCore.class.getName());
    }
}
