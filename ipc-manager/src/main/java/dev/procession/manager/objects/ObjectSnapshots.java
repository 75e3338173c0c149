package dev.procession.manager.objects;

import dev.procession.core.snapshot.ManagerSnapshot;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.stream.SharedObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The objects and the locks of a server, for whoever watches. Made by the server's thread in
 * several turns, so that requests do not wait until it has looked at all objects. How much is told
 * is bounded, whatever clients made.
 */
public final class ObjectSnapshots {

    /** How many objects are told, the largest ones; the others are counted. */
    private static final int MOST_OBJECTS = 200;

    /** How many locks are told, those with the most waiters; the others are counted. */
    private static final int MOST_LOCKS = 200;

    /** How many waiters of each lock are told, the first ones; the others are counted. */
    private static final int MOST_WAITERS = 100;

    /** How many characters of a name are told. */
    private static final int MOST_CHARACTERS = 200;

    /** How many objects it looks at in each turn: less than a millisecond's work. */
    private static final int LOOKS_EACH_TURN = 1024;

    private static final Map<Kind, String> KINDS = new EnumMap<>(Kind.class);

    static {
        for (Kind kind : Kind.values()) {
            KINDS.put(kind, kind.name().toLowerCase(Locale.ROOT));
        }
    }

    private final ObjectTable.Walk walk;

    /** The smallest is first, and goes when there are too many. */
    private final PriorityQueue<ManagerSnapshot.SharedObject> objects =
            new PriorityQueue<>(
                    Comparator.comparingLong(ManagerSnapshot.SharedObject::bytes)
                            .thenComparingInt(ManagerSnapshot.SharedObject::waiting)
                            .thenComparingLong(ManagerSnapshot.SharedObject::size));

    /** That with the fewest waiters is first, and goes when there are too many. */
    private final PriorityQueue<SeenLock> locks =
            new PriorityQueue<>(
                    Comparator.comparingInt(SeenLock::waiting)
                            .thenComparing(seen -> seen.lock.isHeld()));

    private int moreObjects;
    private int moreLocks;

    private record SeenLock(@Nullable String name, LockObject lock, int waiting) {}

    /** Begins to look at the objects of a table. */
    public ObjectSnapshots(ObjectTable table) {
        walk = table.new Walk();
    }

    /** Looks at some more objects; returns false when it has looked at all. */
    public boolean lookAtMore() {
        return walk.next(LOOKS_EACH_TURN, this::add);
    }

    private void add(Kind kind, @Nullable String name, SharedObject object) {
        String shown =
                name == null || name.length() <= MOST_CHARACTERS
                        ? name
                        : name.substring(0, MOST_CHARACTERS) + "\u2026";
        if (object instanceof LockObject lock && !lock.isAsNew()) {
            locks.add(new SeenLock(shown, lock, lock.waiting()));
            if (locks.size() > MOST_LOCKS) {
                locks.remove();
                moreLocks++;
            }
        }
        objects.add(of(kind, shown, object));
        if (objects.size() > MOST_OBJECTS) {
            objects.remove();
            moreObjects++;
        }
    }

    private static ManagerSnapshot.SharedObject of(
            Kind kind, @Nullable String name, SharedObject object) {
        long size = 0;
        long bytes = 0;
        int waiting = 0;
        if (object instanceof DictObject dict) {
            size = kind == Kind.COUNTER ? dict.counted() : dict.size();
            bytes = dict.bytes();
        } else if (object instanceof ListObject list) {
            size = list.size();
            bytes = list.elementBytes();
        } else if (object instanceof QueueObject queue) {
            size = queue.size();
            bytes = queue.bytes();
            waiting = queue.waiting();
        } else if (object instanceof LockObject lock) {
            size = lock.isHeld() ? 1 : 0;
            waiting = lock.waiting() + lock.awaiting();
        } else if (object instanceof SemaphoreObject semaphore) {
            size = semaphore.available();
            waiting = semaphore.waiting();
        } else if (object instanceof EventObject event) {
            size = event.isSet() ? 1 : 0;
            waiting = event.waiting();
        } else if (object instanceof BarrierObject barrier) {
            size = barrier.parties();
            waiting = barrier.waiting();
        }
        return new ManagerSnapshot.SharedObject(
                KINDS.getOrDefault(kind, ""), name, size, bytes, waiting);
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

    /** The locks that are not free and forgotten by all, those with the most waiters first. */
    public List<ManagerSnapshot.Lock> locks() {
        List<SeenLock> all = new ArrayList<>(locks);
        all.sort(Comparator.comparingInt(SeenLock::waiting).reversed());
        List<ManagerSnapshot.Lock> told = new ArrayList<>();
        for (SeenLock seen : all) {
            if (!seen.lock.isAsNew()) { // it may have become free since
                told.add(seen.lock.snapshot(seen.name, MOST_WAITERS));
            }
        }
        return told;
    }

    /** How many of these locks are left out. */
    public int moreLocks() {
        return moreLocks;
    }
}
