package dev.procession.manager.objects;

import dev.procession.core.snapshot.ManagerSnapshot;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.stream.SharedObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The objects and the locks of a server at one moment, for whoever watches. Made by the server's
 * thread, in a time that grows with the number of objects.
 */
public final class ObjectSnapshots {

    /** How many objects are told, the largest ones; the others are counted. */
    private static final int MOST_OBJECTS = 200;

    /** How many locks are told, those with the most waiters. */
    private static final int MOST_LOCKS = 200;

    /** The smallest is first, and goes when there are too many. */
    private final PriorityQueue<ManagerSnapshot.SharedObject> objects =
            new PriorityQueue<>(Comparator.comparingLong(ManagerSnapshot.SharedObject::size));

    private final PriorityQueue<ManagerSnapshot.Lock> locks =
            new PriorityQueue<>(Comparator.comparingInt(lock -> lock.waiters().size()));

    private int moreObjects;

    /** Looks at all objects of a table. */
    public ObjectSnapshots(ObjectTable table) {
        table.forEach(this::add);
    }

    private void add(Kind kind, String name, SharedObject object) {
        String shownName = name.isEmpty() ? null : name;
        if (object instanceof LockObject lock) {
            ManagerSnapshot.Lock snapshot = lock.snapshot(shownName);
            if (snapshot != null) {
                locks.add(snapshot);
                if (locks.size() > MOST_LOCKS) {
                    locks.remove();
                }
            }
        }
        objects.add(of(kind, shownName, object));
        if (objects.size() > MOST_OBJECTS) {
            objects.remove();
            moreObjects++;
        }
    }

    private static ManagerSnapshot.SharedObject of(
            Kind kind, @Nullable String name, SharedObject object) {
        long size = 0;
        long bytes = 0;
        if (object instanceof DictObject dict) {
            size = dict.size();
            bytes = dict.bytes();
        } else if (object instanceof ListObject list) {
            size = list.size();
            bytes = list.elementBytes();
        } else if (object instanceof QueueObject queue) {
            size = queue.size();
        } else if (object instanceof SemaphoreObject semaphore) {
            size = semaphore.available();
        }
        return new ManagerSnapshot.SharedObject(
                kind.name().toLowerCase(Locale.ROOT), name, size, bytes);
    }

    /** The largest objects, the largest one first. */
    public List<ManagerSnapshot.SharedObject> objects() {
        List<ManagerSnapshot.SharedObject> all = new ArrayList<>(objects);
        all.sort(objects.comparator().reversed());
        return all;
    }

    /** How many objects are left out. */
    public int moreObjects() {
        return moreObjects;
    }

    /** The locks that are held or waited for, those with the most waiters first. */
    public List<ManagerSnapshot.Lock> locks() {
        List<ManagerSnapshot.Lock> all = new ArrayList<>(locks);
        all.sort(locks.comparator().reversed());
        return all;
    }
}
