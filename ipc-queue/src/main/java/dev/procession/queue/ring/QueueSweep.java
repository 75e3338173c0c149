package dev.procession.queue.ring;

import dev.procession.core.life.DeathSweep;
import dev.procession.core.life.DirectoryLayout;
import dev.procession.core.log.Log;
import dev.procession.core.memory.DeathProbe;
import dev.procession.core.memory.OwnerLock;
import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import dev.procession.core.memory.Uninterrupted;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Removes the files that a dead process left of the queues in a directory: its bells, spill files
 * that it wrote and no process will take, and queues that only dead processes had used. Repeatable,
 * because it only reads and deletes, except that it drops leases that are not valid.
 */
public final class QueueSweep implements DeathSweep {

    private static final Log LOG = Log.of(QueueSweep.class);

    private static final long LOCK_NANOS = 1_000_000_000;

    /** Made by {@link java.util.ServiceLoader}. */
    public QueueSweep() {}

    /**
     * Sweeps the queues of a directory after a death.
     *
     * @param directory the directory of the queues' files
     * @param dead the member number of the dead process
     * @param self the member number of this process
     */
    @Override
    public void afterDeathOf(Path directory, long dead, long self, DeathProbe probe) {
        try {
            for (Path bell : list(directory, DirectoryLayout.queueBells(dead))) {
                Files.deleteIfExists(bell);
            }
            for (Path queue : list(directory, DirectoryLayout.QUEUES)) {
                if (DirectoryLayout.isQueue(queue)) {
                    sweepOne(queue, dead, self, probe);
                }
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "could not sweep the queues of a dead process", e);
        }
    }

    /** Sweeps one queue; a failure is logged, and the others are still swept. */
    private static void sweepOne(Path queue, long dead, long self, DeathProbe probe) {
        try {
            sweep(queue, dead, self, probe);
        } catch (NoSuchFileException e) {
            // The queue has ended meanwhile.
        } catch (IOException | RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    "a queue was not swept after a death: path=" + queue + ", member=" + dead,
                    e);
        }
    }

    private static void sweep(Path queue, long dead, long self, DeathProbe probe)
            throws IOException {
        Set<Long> users = users(queue);
        boolean concerned = users.contains(dead) || DirectoryLayout.isQueueOf(name(queue), dead);
        if (concerned && allDead(users, dead, probe)) {
            Files.deleteIfExists(queue);
            for (Path file : list(queue.getParent(), DirectoryLayout.filesOfQueue(name(queue)))) {
                Files.deleteIfExists(file);
            }
            return;
        }
        List<Path> files = list(queue.getParent(), DirectoryLayout.queueSpills(name(queue), dead));
        for (Path lease : list(queue.getParent(), DirectoryLayout.queueLeases(name(queue)))) {
            long holder = DirectoryLayout.holderOfQueueLease(lease);
            if (holder == dead || probe.isDead(holder)) {
                files.add(lease);
            }
        }
        if (!files.isEmpty()) {
            sweepFiles(queue, files, self, probe);
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    private static boolean allDead(Set<Long> users, long dead, DeathProbe probe)
            throws IOException {
        for (long user : users) {
            if (user != dead && !probe.isDead(user)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns the owners of the slots. They are read, not mapped, because a mapping stays until it
     * is collected.
     *
     * @throws IOException if they cannot be read, so that the users of the queue are unknown
     */
    private static Set<Long> users(Path queue) throws IOException {
        Set<Long> users = new HashSet<>();
        byte[] bytes = new byte[QueueLayout.DATA];
        // Not by FileInputStream, which reports a missing file when no descriptor is left.
        int read =
                Uninterrupted.call(
                        () -> {
                            try (InputStream file = Files.newInputStream(queue)) {
                                return file.readNBytes(bytes, 0, bytes.length);
                            }
                        });
        if (read < bytes.length) {
            throw new EOFException("a queue is not whole: path=" + queue);
        }
        ByteBuffer memory = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        for (int slot = 0; slot < QueueLayout.SLOT_COUNT; slot++) {
            long owner = memory.getLong(QueueLayout.slotOwner(slot));
            if (owner != 0) {
                users.add(owner);
            }
        }
        return users;
    }

    /**
     * Removes spill files that no record or lease names. A dead process adds no records, so its
     * unreferenced files stay unreferenced.
     */
    private static void sweepFiles(Path queue, List<Path> files, long self, DeathProbe probe)
            throws IOException {
        Segment segment;
        try {
            segment = Segment.open(queue, SegmentKind.QUEUE);
        } catch (NoSuchFileException e) {
            return; // the queue has ended meanwhile
        }
        OwnerLock lock = new OwnerLock(segment.memory(), QueueLayout.CONSUMERS, self, probe);
        QueueReader reader =
                new QueueReader(
                        segment.memory(),
                        QueueShape.read(segment),
                        lock,
                        new QueueLeases(segment.memory(), self, probe));
        Set<String> named = new HashSet<>();
        if (!reader.lock(LOCK_NANOS)) {
            return; // the lock's owner is stopped; the files are removed with the queue
        }
        try {
            boolean found = reader.next(); // drops leases that never became valid
            named.addAll(QueueLeases.files(segment.memory(), name(queue)));
            for (; found; found = reader.following()) {
                if (reader.kind() == QueueLayout.SPILLED) {
                    named.add(QueueSpillName.of(reader.payload()).fileName(name(queue)));
                }
            }
        } finally {
            reader.unlock();
        }
        for (Path file : files) {
            if (!named.contains(name(file))) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static List<Path> list(Path directory, String glob) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory, glob)) {
            stream.forEach(files::add);
        } catch (NoSuchFileException e) {
            return files; // there is no such directory, or the session is over
        }
        return files;
    }
}
