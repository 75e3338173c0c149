package dev.procession.manager.objects;

import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.store.EntryLog;
import dev.procession.manager.store.ListLog;
import dev.procession.manager.store.Store;
import dev.procession.manager.store.StoredEntries;
import dev.procession.manager.store.StoredList;
import dev.procession.manager.store.StoredObjects;
import dev.procession.manager.stream.Call;
import dev.procession.manager.stream.LoopTasks;
import dev.procession.manager.stream.MadeObjects;
import dev.procession.manager.stream.ServerBounds;
import dev.procession.manager.stream.ServerNumbers;
import dev.procession.manager.stream.ServerStats;
import dev.procession.manager.stream.SharedObject;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * All shared objects by kind and name. The first request for an object makes it.
 *
 * <p>Locks, events and what has no name are forgotten while they are as new: some are looked at for
 * each one that is made, and more each second, so that a lock that is used often is not made anew
 * each time. The others are forgotten while they are as new only where room is scarce, and before a
 * request is refused. Requests pay for the looks at them, so that a client that is refused again
 * and again does not hold the others up.
 */
public final class ObjectTable implements StoredObjects {

    private static final int MAX_USER_OBJECTS = 1024;

    /** So that no client can make all of them. */
    private static final int MAX_USER_OBJECTS_OF_CLIENT = 512;

    /** How many objects are looked at when one is made: more, or old ones would pile up. */
    private static final int LOOKS_FOR_EACH_NEW = 2;

    /** How many each request pays for, that are looked at before one is refused. */
    private static final int LOOKS_FOR_EACH_REQUEST = 2;

    /** How many are looked at before a request is refused, at most: some milliseconds' work. */
    private static final int MAX_LOOKS = 1 << 16;

    private static final int LOOKS_EACH_SECOND = 1024;

    private final LoopTasks tasks;
    private final ServerStats stats;
    private final ServerBounds bounds;
    private final ServerNumbers numbers;
    private final IterationRoom room;
    private final @Nullable Store store;
    private final boolean userObjects;
    private final Map<Kind, Map<String, Made>> all = new EnumMap<>(Kind.class);

    /** What came from the store. */
    private final MadeObjects stored = new MadeObjects();

    /** Those that are forgotten at once; the one that was looked at longest ago is first. */
    private final Deque<Named> forgettable = new ArrayDeque<>();

    /** Those that are forgotten where room is needed, in the same order. */
    private final Deque<Named> kept = new ArrayDeque<>();

    /** For how many looks at those the requests have paid. */
    private int paidLooks;

    private long bytes;

    private record Made(SharedObject object, boolean unnamed, MadeObjects by) {}

    private record Named(Kind kind, String name, ForgettableObject object) {}

    public ObjectTable(
            LoopTasks tasks,
            ServerStats stats,
            ServerBounds bounds,
            ServerNumbers numbers,
            IterationRoom room,
            @Nullable Store store,
            boolean userObjects) {
        this.tasks = tasks;
        this.stats = stats;
        this.bounds = bounds;
        this.numbers = numbers;
        this.room = room;
        this.store = store;
        this.userObjects = userObjects;
    }

    /** Returns the object that a request names, if it has been made. */
    public @Nullable SharedObject find(Request request) {
        if (paidLooks < kept.size()) {
            paidLooks += LOOKS_FOR_EACH_REQUEST;
        }
        Made made = named(request.getKind()).get(request.getName());
        return made == null ? null : made.object;
    }

    /** Returns how many bytes of keys and values the answer to a request has at most. */
    public long answerBytes(Request request) {
        SharedObject object = find(request);
        return object == null ? 0 : object.answerBytes(request);
    }

    /**
     * Returns why there is no room for another object with a name; null if there is. Forgets those
     * that are as new while little room is left.
     *
     * @param by those that its client has made
     */
    public @Nullable String refusal(Kind kind, String name, MadeObjects by) {
        long cost = cost(kind, name);
        if (isScarce() || by.bytes > bounds.objectBytes() / 2) {
            forgetSome(kept, LOOKS_FOR_EACH_NEW);
        }
        if (!fits(cost, by)) {
            int looks = Math.min(paidLooks, MAX_LOOKS);
            paidLooks -= looks;
            forgetSome(kept, looks);
        }
        return fits(cost, by)
                ? null
                : "the manager has too many objects: bytes of this client="
                        + by.bytes
                        + ", limit="
                        + bounds.objectBytes()
                        + "; objects of all="
                        + size()
                        + ", bytes="
                        + bytes
                        + ", limit="
                        + bounds.allObjectBytes()
                        + "; stored="
                        + stats.stored()
                        + ", limit="
                        + bounds.parkedAtBytes()
                        + "; start it with a greater maxBytes";
    }

    private boolean fits(long cost, MadeObjects by) {
        long stored = stats.stored() + cost;
        long above =
                Math.max(bytes + cost - bounds.allObjectBytes(), stored - bounds.parkedAtBytes());
        return bytes + cost <= bounds.mostObjectBytes()
                && stored <= bounds.putBackBytes()
                && ServerBounds.isWithin(by.bytes + cost, bounds.objectBytes(), above, 0);
    }

    /** Whether objects take much of their room, or keep others from what they would store. */
    private boolean isScarce() {
        return bytes > bounds.allObjectBytes() / 2 || stats.stored() + bytes > bounds.maxBytes();
    }

    /** About how many bytes an object takes beside its content, as measured on JDK 17. */
    private static long cost(Kind kind, String name) {
        long object =
                switch (kind) {
                    case DICT, SET, VALUE, COUNTER, NAMESPACE -> 1100;
                    case LIST, QUEUE -> 650;
                    default -> 450;
                };
        return object + 2L * name.length();
    }

    /**
     * Returns the object that a request names; null if there is no such kind.
     *
     * @param by those that its client has made
     */
    public @Nullable SharedObject of(Request request, MadeObjects by) {
        SharedObject object = find(request);
        if (object == null) {
            object = make(request, by);
            if (object != null) {
                named(request.getKind())
                        .put(request.getName(), new Made(object, request.getUnnamed(), by));
                count(request.getKind(), request.getName(), by, 1);
            }
            if (object instanceof ForgettableObject fresh) {
                forgetSome(forgettable, LOOKS_FOR_EACH_NEW);
                (fresh.isKept() ? kept : forgettable)
                        .add(new Named(request.getKind(), request.getName(), fresh));
            }
        }
        return object;
    }

    private void count(Kind kind, String name, MadeObjects by, int sign) {
        long more = sign * cost(kind, name);
        bytes += more;
        by.bytes += more;
        stats.objects(more);
    }

    @Override
    public StoredEntries entries(Kind kind, String name) {
        return (StoredEntries) stored(kind, name);
    }

    @Override
    public StoredList list(String name) {
        return (StoredList) stored(Kind.LIST, name);
    }

    private SharedObject stored(Kind kind, String name) {
        SharedObject object = of(Request.newBuilder().setKind(kind).setName(name).build(), stored);
        if (object == null) {
            throw new IllegalArgumentException("no such kind is stored: kind=" + kind);
        }
        return object;
    }

    /** Takes back the grant of a call, whose object may have been forgotten since. */
    public void undo(Call call, Response answer) {
        SharedObject object = of(call.request(), call.client().made());
        if (object != null) {
            object.undo(call, answer);
        }
    }

    /** Forgets objects that are as new; to be called each second. */
    public void forgetSome() {
        forgetSome(forgettable, LOOKS_EACH_SECOND);
        if (isScarce()) {
            forgetSome(kept, LOOKS_EACH_SECOND);
        }
    }

    /** For tests. */
    void forgetKept() {
        forgetSome(kept, Integer.MAX_VALUE);
    }

    private void forgetSome(Deque<Named> of, int looks) {
        for (int left = Math.min(looks, of.size()); left > 0; left--) {
            Named first = of.remove();
            if (first.object.isAsNew()) {
                Made made = named(first.kind).remove(first.name);
                if (made != null) {
                    count(first.kind, first.name, made.by, -1);
                }
                first.object.forgotten();
            } else {
                of.add(first);
            }
        }
    }

    /** What a {@link Walk} passes the objects to. */
    @FunctionalInterface
    interface ObjectVisitor {
        /**
         * Looks at an object, which it must not change.
         *
         * @param name null if it has no name
         */
        void visit(Kind kind, @Nullable String name, SharedObject object);
    }

    /**
     * Passes all objects on in several turns of the server's thread. What is made or forgotten
     * meanwhile is passed on or not.
     */
    final class Walk {

        private final Iterator<Map.Entry<Kind, Map<String, Made>>> kinds =
                List.copyOf(all.entrySet()).iterator();

        private Kind kind = Kind.KIND_NONE;
        private Iterator<Map.Entry<String, Made>> named = Collections.emptyIterator();

        /** Passes some more objects on; returns false when that were all. */
        boolean next(int objects, ObjectVisitor visitor) {
            for (int n = objects; n > 0; n--) {
                while (!named.hasNext()) {
                    if (!kinds.hasNext()) {
                        return false;
                    }
                    Map.Entry<Kind, Map<String, Made>> next = kinds.next();
                    kind = next.getKey();
                    named = next.getValue().entrySet().iterator();
                }
                Map.Entry<String, Made> next = named.next();
                Made made = next.getValue();
                visitor.visit(kind, made.unnamed ? null : next.getKey(), made.object);
            }
            return true;
        }
    }

    private Map<String, Made> named(Kind kind) {
        return all.computeIfAbsent(kind, k -> new ConcurrentHashMap<>()); // for a Walk
    }

    /** The number of objects. */
    public int size() {
        return all.values().stream().mapToInt(Map::size).sum();
    }

    private @Nullable SharedObject make(Request request, MadeObjects by) {
        Kind kind = request.getKind();
        String name = request.getName();
        return switch (kind) {
            case DICT, SET, VALUE, COUNTER, NAMESPACE ->
                    new DictObject(
                            tasks,
                            stats,
                            bounds,
                            numbers,
                            room,
                            store == null ? EntryLog.NONE : store.entries(kind, name));
            case LIST ->
                    new ListObject(
                            tasks,
                            stats,
                            bounds,
                            numbers,
                            room,
                            store == null ? ListLog.NONE : store.list(name));
            case QUEUE ->
                    request.getQueueCapacity() < 1
                            ? null
                            : new QueueObject(
                                    tasks,
                                    stats,
                                    bounds,
                                    numbers,
                                    name,
                                    request.getQueueCapacity());
            case LOCK, RLOCK -> new LockObject(numbers);
            case SEMAPHORE ->
                    new SemaphoreObject(
                            numbers, request.getSemaphorePermits(), request.getUnnamed());
            case EVENT -> new EventObject();
            case BARRIER ->
                    request.getBarrierParties() < 1
                            ? null
                            : new BarrierObject(request.getBarrierParties(), request.getUnnamed());
            case OBJECT -> mayMakeUserObject(by) ? new UserObject(tasks, bounds, name) : null;
            case KIND_NONE, UNRECOGNIZED -> null;
        };
    }

    /** Describes what an object would be made with, for a refusal. */
    public static String madeWith(Request request) {
        return switch (request.getKind()) {
            case QUEUE -> ", capacity=" + request.getQueueCapacity();
            case BARRIER -> ", parties=" + request.getBarrierParties();
            default -> "";
        };
    }

    /** Their number is bounded, as each may have a thread. */
    private boolean mayMakeUserObject(MadeObjects by) {
        boolean may =
                userObjects
                        && named(Kind.OBJECT).size() < MAX_USER_OBJECTS
                        && by.userObjects < MAX_USER_OBJECTS_OF_CLIENT;
        by.userObjects += may ? 1 : 0; // it is never forgotten
        return may;
    }

    /** Ends the objects that have threads of their own. */
    public void close() {
        for (Made made : named(Kind.OBJECT).values()) {
            if (made.object instanceof UserObject user) {
                user.close();
            }
        }
    }
}
