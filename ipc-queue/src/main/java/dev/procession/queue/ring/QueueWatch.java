package dev.procession.queue.ring;

import dev.procession.core.life.DirectoryLayout;
import dev.procession.core.life.SessionDirectory;
import dev.procession.core.snapshot.QueueSnapshot;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Looks at queues of any program from outside: it only reads their files, and the queues do not
 * notice. It remembers what it saw, so that each look knows more of the age of the elements.
 * Bounded in memory; thread-safe.
 */
public final class QueueWatch {

    /** How many queues are remembered; beyond it, those that were not looked at for longest go. */
    private static final int MOST_QUEUES = 1024;

    private static final float USUAL_LOAD = 0.75f;

    /** Kept, because each call of {@code values()} makes an array. */
    private static final Waiting[] WAITING = Waiting.values();

    private final QueueHead head = new QueueHead();

    private final Map<Path, QueueAge> ages =
            new LinkedHashMap<>(0, USUAL_LOAD, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Path, QueueAge> eldest) {
                    return size() > MOST_QUEUES;
                }
            };

    /** Where the queues are that are looked at, and who may use them. */
    private record Place(
            Path home, Path spare, @Nullable String name, LongUnaryOperator pids, long millis) {}

    /**
     * Looks at the queues of a session or a name. What is no queue, or one of another version, or
     * vanishes meanwhile, is left out.
     *
     * @param home the directory of the session or the name
     * @param spare its spare directory, which need not exist
     * @param name the name of the queue; null in a session
     * @param pids returns the process of a member; 0 for a dead one
     */
    public synchronized List<QueueSnapshot> look(
            Path home, Path spare, @Nullable String name, LongUnaryOperator pids) {
        Place place = new Place(home, spare, name, pids, System.currentTimeMillis());
        List<QueueSnapshot> queues = new ArrayList<>();
        for (Path directory : List.of(home, spare)) {
            for (Path file : files(directory)) {
                try {
                    if (head.read(file)) {
                        queues.add(snapshot(file, place));
                    }
                } catch (IOException e) {
                    // It has ended, or this process has no more descriptors; so it is left out.
                }
            }
        }
        return queues;
    }

    private static List<Path> files(Path directory) {
        List<Path> files = new ArrayList<>();
        try {
            // Another user could leave files in a directory of his own at which a reader waits.
            if (!SessionDirectory.isPrivate(directory)
                    || !SessionDirectory.isPrivate(directory.getParent())) {
                return files;
            }
            try (DirectoryStream<Path> found =
                    Files.newDirectoryStream(directory, DirectoryLayout.QUEUES)) {
                for (Path file : found) {
                    if (DirectoryLayout.isQueue(file)) {
                        files.add(file);
                    }
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return files; // there is no such directory, or the session is over
        }
        files.sort(null);
        return files;
    }

    private QueueSnapshot snapshot(Path file, Place place) {
        QueueAge age = ages.computeIfAbsent(file, path -> new QueueAge());
        double oldestAge = seconds(age.look(System.nanoTime(), head.put(), head.taken()));
        long size = head.size();
        long bytes = head.bytes();
        List<QueueSnapshot.Lease> leases = new ArrayList<>();
        for (int lease = 0; lease < QueueLayout.LEASE_COUNT; lease++) {
            if (head.leases().isReturned(lease)) {
                size++;
                bytes += Math.max(0, head.leases().file(lease).bytes());
                oldestAge = Math.max(oldestAge, leaseAge(lease, file, place));
            } else if (head.leases().holder(lease) != 0) {
                long pid = place.pids.applyAsLong(head.leases().holder(lease));
                leases.add(new QueueSnapshot.Lease(lease, pid, leaseAge(lease, file, place)));
            }
        }
        QueueShape shape = head.shape();
        return new QueueSnapshot(
                file.getFileName().toString(),
                place.name,
                shape.capacity(),
                size,
                Math.max(0, bytes),
                shape.byteBound() == Long.MAX_VALUE ? 0 : shape.byteBound(),
                oldestAge,
                head.isClosed(),
                users(place.pids),
                List.copyOf(leases));
    }

    private List<QueueSnapshot.User> users(LongUnaryOperator pids) {
        List<QueueSnapshot.User> users = new ArrayList<>();
        for (int slot = 0; slot < QueueLayout.SLOT_COUNT; slot++) {
            long member = head.owner(slot);
            if (member != 0) {
                long pid = pids.applyAsLong(member);
                users.add(new QueueSnapshot.User(member, pid, pid == 0 ? null : waitsFor(slot)));
            }
        }
        return List.copyOf(users);
    }

    private @Nullable String waitsFor(int slot) {
        for (Waiting waiting : WAITING) {
            if (head.isWaiting(waiting, slot)) {
                return waiting.name().toLowerCase(Locale.ROOT);
            }
        }
        return null;
    }

    /**
     * Returns for how many seconds an element has been leased, or was leased first: its file got
     * its name then. Returns 0 if the lease has ended meanwhile.
     */
    private double leaseAge(int lease, Path file, Place place) {
        QueueSpillName spill = head.leases().file(lease);
        Path directory = spill.number() < 0 ? place.spare : place.home;
        Path element = directory.resolve(spill.leaseFileName(file.getFileName().toString()));
        try {
            FileTime since = (FileTime) Files.getAttribute(element, "unix:ctime");
            return Math.max(0, place.millis - since.toMillis())
                    / (double) TimeUnit.SECONDS.toMillis(1);
        } catch (IOException e) {
            return 0;
        }
    }

    private static double seconds(long nanos) {
        return nanos / (double) TimeUnit.SECONDS.toNanos(1);
    }
}
