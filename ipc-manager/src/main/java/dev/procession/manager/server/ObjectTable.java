package dev.procession.manager.server;

import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.Request;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All shared objects by kind and name. The first request for an object makes it. */
final class ObjectTable {

    private static final int MAX_USER_OBJECTS = 1024;

    private final LoopTasks tasks;
    private final ServerStats stats;
    private final ServerBounds bounds;
    private final ServerNumbers numbers;
    private final @Nullable Store store;
    private final boolean userObjects;
    private final Map<Kind, Map<String, SharedObject>> all = new EnumMap<>(Kind.class);

    ObjectTable(
            LoopTasks tasks,
            ServerStats stats,
            ServerBounds bounds,
            ServerNumbers numbers,
            @Nullable Store store,
            boolean userObjects) {
        this.tasks = tasks;
        this.stats = stats;
        this.bounds = bounds;
        this.numbers = numbers;
        this.store = store;
        this.userObjects = userObjects;
    }

    /** Returns the object that a request names; null if there is no such kind. */
    @Nullable SharedObject of(Request request) {
        Map<String, SharedObject> named =
                all.computeIfAbsent(request.getKind(), kind -> new HashMap<>());
        SharedObject object = named.get(request.getName());
        if (object == null) {
            object = make(request);
            if (object != null) {
                named.put(request.getName(), object);
            }
        }
        return object;
    }

    private @Nullable SharedObject make(Request request) {
        Kind kind = request.getKind();
        String name = request.getName();
        return switch (kind) {
            case DICT, SET, VALUE, COUNTER, NAMESPACE ->
                    new DictObject(
                            tasks,
                            stats,
                            bounds,
                            numbers,
                            store == null ? EntryLog.NONE : store.entries(kind, name));
            case LIST ->
                    new ListObject(
                            stats,
                            bounds,
                            numbers,
                            store == null ? ListLog.NONE : store.list(name));
            case QUEUE ->
                    request.getQueueCapacity() < 1
                            ? null
                            : new QueueObject(stats, bounds, numbers, request.getQueueCapacity());
            case LOCK, RLOCK -> new LockObject(numbers);
            case SEMAPHORE -> new SemaphoreObject(request.getSemaphorePermits());
            case EVENT -> new EventObject();
            case BARRIER ->
                    request.getBarrierParties() < 1
                            ? null
                            : new BarrierObject(request.getBarrierParties());
            case OBJECT -> mayMakeUserObject() ? new UserObject(tasks, name) : null;
            case KIND_NONE, UNRECOGNIZED -> null;
        };
    }

    /** Describes what an object would be made with, for a refusal. */
    static String madeWith(Request request) {
        return switch (request.getKind()) {
            case QUEUE -> ", capacity=" + request.getQueueCapacity();
            case BARRIER -> ", parties=" + request.getBarrierParties();
            default -> "";
        };
    }

    /** Their number is bounded, as each may have a thread. */
    private boolean mayMakeUserObject() {
        Map<String, SharedObject> there = all.get(Kind.OBJECT);
        return userObjects && (there == null || there.size() < MAX_USER_OBJECTS);
    }

    /** Ends the objects that have threads of their own. */
    void close() {
        for (Map<String, SharedObject> named : all.values()) {
            for (SharedObject object : named.values()) {
                if (object instanceof UserObject user) {
                    user.close();
                }
            }
        }
    }
}
