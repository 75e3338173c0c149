package dev.procession.queue;

import dev.procession.core.life.DeathSweeps;
import dev.procession.core.life.DirectoryLayout;
import dev.procession.core.life.Members;
import dev.procession.core.life.NamedMembers;
import dev.procession.core.life.Session;
import dev.procession.core.log.Log;
import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import dev.procession.queue.ring.QueueShape;
import dev.procession.queue.ring.QueueSweep;
import dev.procession.queue.ring.TwoLockRing;
import dev.procession.queue.ring.Waiting;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * This process's attachment to a queue of bytes: one object for all {@link ProcessQueue}s of this
 * process that stand for the same queue. Makes the parts that do the work, and ends them.
 * Thread-safe.
 */
final class QueueCore {

    static {
        DeathSweeps.add(new QueueSweep());
    }

    private static final Log LOG = Log.of(QueueCore.class);

    private final TwoLockRing ring;
    private final QueueSpillFiles files;
    private final WaitRoom room;
    private final BellConnections bells;
    private final QueueWaits waits;
    private final QueueProducer producer;
    private final QueueConsumer consumer;
    private final QueueContent content;
    private final Members members;
    private final boolean shared;
    private final @Nullable String publicName;
    private final Consumer<QueueCore> whenEnded;
    private final AtomicBoolean ended = new AtomicBoolean();

    private QueueCore(
            Members members,
            TwoLockRing ring,
            boolean shared,
            @Nullable String publicName,
            Consumer<QueueCore> whenEnded) {
        String name = ring.segment().path().getFileName().toString();
        this.ring = ring;
        this.files = new QueueSpillFiles(members, name);
        this.room = new WaitRoom(ring, bell(members, name, members.self()));
        this.bells = new BellConnections(member -> bell(members, name, member));
        this.waits =
                new QueueWaits(
                        publicName == null ? name : publicName,
                        ring,
                        room,
                        bells,
                        this::end,
                        this::leaveIfDone);
        this.producer = new QueueProducer(ring, files, waits);
        this.consumer = new QueueConsumer(ring, files, waits);
        this.content = new QueueContent(ring, files, waits);
        this.members = members;
        this.shared = shared;
        this.publicName = publicName;
        this.whenEnded = whenEnded;
    }

    private static Path bell(Members members, String name, long member) {
        return members.home().resolve(DirectoryLayout.queueBell(name, member));
    }

    /** Makes a queue without a name. */
    static QueueCore create(Session session, QueueShape shape, Consumer<QueueCore> whenEnded)
            throws IOException {
        Segment segment =
                session.createSegment(
                        DirectoryLayout.queue(session.self(), session.newName()),
                        SegmentKind.QUEUE,
                        shape.segmentBytes(),
                        shape.toWords());
        return new QueueCore(
                session,
                new TwoLockRing(segment, session.self(), session::isDead),
                true,
                null,
                whenEnded);
    }

    /**
     * Attaches to a queue; if its segment is gone, the queue has ended and this is an ended one.
     */
    static QueueCore attach(
            Members members, Path path, @Nullable String name, Consumer<QueueCore> whenEnded)
            throws IOException {
        try {
            Segment segment = Segment.open(path, SegmentKind.QUEUE);
            return new QueueCore(
                    members,
                    new TwoLockRing(segment, members.self(), members::isDead),
                    true,
                    name,
                    whenEnded);
        } catch (NoSuchFileException e) {
            return ended(members, path, name, whenEnded);
        }
    }

    /** Makes the stand-in for a queue that ended before this process attached to it. */
    static QueueCore ended(
            Members members, Path path, @Nullable String name, Consumer<QueueCore> whenEnded)
            throws IOException {
        QueueShape shape = QueueShape.of(1, 1);
        Segment segment = Segment.inMemory(path, shape.segmentBytes(), shape.toWords());
        TwoLockRing ring = new TwoLockRing(segment, members.self(), members::isDead);
        ring.writer().close();
        return new QueueCore(members, ring, false, name, whenEnded);
    }

    /** Makes the segment of a queue with a name. */
    static void make(Members members, QueueShape shape) throws IOException {
        // A new name each time: files that an ended queue left are not taken for files of this one.
        String name = DirectoryLayout.namedQueue(System.nanoTime());
        members.createSegment(name, SegmentKind.QUEUE, shape.segmentBytes(), shape.toWords());
    }

    /**
     * Attaches to the queue of a name. The caller holds the guard of the name, so that no process
     * joins or leaves meanwhile: a member without a slot does not count as a user.
     */
    static QueueCore attach(NamedMembers members, String name, Consumer<QueueCore> whenEnded)
            throws IOException {
        List<Path> segments = new ArrayList<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(members.home(), DirectoryLayout.QUEUES)) {
            for (Path file : files) {
                if (DirectoryLayout.isQueue(file)) {
                    segments.add(file);
                }
            }
        }
        Path path =
                segments.isEmpty()
                        ? members.home().resolve(DirectoryLayout.GONE_QUEUE)
                        : segments.get(0);
        return attach(members, path, name, whenEnded);
    }

    /** The queue's name; null if it has none. */
    @Nullable String publicName() {
        return publicName;
    }

    Path path() {
        return ring.segment().path();
    }

    TwoLockRing ring() {
        return ring;
    }

    QueueProducer producer() {
        return producer;
    }

    QueueConsumer consumer() {
        return consumer;
    }

    QueueContent content() {
        return content;
    }

    QueueWaits waits() {
        return waits;
    }

    /** Closes the queue for all processes. */
    void close() {
        producer.close();
        waits.wakeAll(Waiting.ELEMENT);
        waits.wakeAll(Waiting.ROOM);
        waits.endIfOver();
    }

    /**
     * Frees the queue's memory, after it was closed and emptied. Each process that sees the end
     * does this, because each has descriptors of its own; files that another process has deleted
     * are skipped.
     */
    private void end() {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        waits.wakeAll(Waiting.ELEMENT);
        whenEnded.accept(this);
        if (shared) {
            end(ring.segment()::delete);
            end(files::deleteAll);
        }
        end(room::close);
        end(bells::close);
        if (members instanceof NamedMembers named) {
            end(named::disband);
            leaveIfDone();
        }
    }

    /**
     * Gives back the proof of life in the name's directory, when the queue has ended and all
     * elements that this process took are done: until then a join in another process needs the
     * proof. Both {@link #end} and the last taskDone check the other's condition after their own
     * step, so at least one of them comes here with both true.
     */
    private void leaveIfDone() {
        if (ended.get()
                && members instanceof NamedMembers named
                && ring.slots().underWay(ring.slots().mine()) == 0) {
            end(named::leave);
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    /** Runs one step; a failure is logged and does not keep the next steps from running. */
    private static void end(Step step) {
        try {
            step.run();
        } catch (Throwable e) {
            // For example no thread could be started. The caller has an element to return.
            LOG.log(Level.WARNING, "could not free everything of a queue that has ended", e);
        }
    }
}
