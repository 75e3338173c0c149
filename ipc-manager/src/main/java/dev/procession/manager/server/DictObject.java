package dev.procession.manager.server;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Change;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.wire.Arithmetic;
import dev.procession.manager.wire.CanonicalReader;
import dev.procession.manager.wire.CanonicalWriter;
import dev.procession.manager.wire.FrameKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A map of byte strings to byte strings: a dict, set, value, counter or namespace. Each entry has a
 * version, so that a client can compare and set it without knowing what the bytes mean.
 */
final class DictObject implements SharedObject {

    private static final long MAX_SNAPSHOTS = 1024;

    private final LoopTasks tasks;
    private final ServerStats stats;
    private final ServerBounds bounds;
    private final EntryLog log;
    private final Watchers watchers = new Watchers();
    private final Map<ByteString, Entry> entries = new HashMap<>();
    private final Map<Long, Snapshot> snapshots = new LinkedHashMap<>();
    private @Nullable Entry first;
    private @Nullable Entry last;
    private long changes;
    private long nextSnapshot;

    DictObject(
            LoopTasks tasks,
            ServerStats stats,
            ServerBounds bounds,
            ServerNumbers numbers,
            EntryLog log) {
        this.tasks = tasks;
        this.stats = stats;
        this.bounds = bounds;
        this.log = log;
        this.changes = numbers.firstVersion();
        this.nextSnapshot = numbers.first();
        List<ByteString> over = new ArrayList<>();
        long now = System.currentTimeMillis();
        log.load(
                (key, value, endsAt) -> {
                    if (endsAt != 0 && endsAt <= now) {
                        over.add(key);
                    } else {
                        Entry unused = insert(key, value, endsAt);
                    }
                });
        over.forEach(log::remove);
    }

    @Override
    public void handle(Call call) {
        Request request = call.request();
        ByteString key = request.getKey();
        switch (request.getOperation()) {
            case GET -> call.answer(found(live(key)));
            case PUT -> answerOld(call, put(key, request.getValue(), endOf(request)));
            case PUT_IF_ABSENT -> {
                Entry entry = live(key);
                if (entry == null) {
                    put(key, request.getValue(), endOf(request));
                }
                call.answer(found(entry));
            }
            case REMOVE -> answerOld(call, remove(key, Change.REMOVED_ENTRY));
            case REPLACE -> {
                Entry entry = live(key);
                answerOld(call, entry == null ? null : put(key, request.getValue(), entry.endsAt));
            }
            case COMPARE_VERSION -> compareVersion(call);
            case COMPARE_BYTES -> compareBytes(call);
            case MERGE -> merge(call);
            case CLEAR -> {
                clear();
                call.ok();
            }
            case SIZE -> call.ok(entries.size());
            case WATCH -> {
                if (watchers.add(
                        call.stream(), request.getVersion(), request.hasValue() ? key : null)) {
                    call.client().involve(this);
                    call.ok();
                } else {
                    call.refuse("too many watches of one object");
                }
            }
            case UNWATCH -> {
                watchers.remove(call.stream(), request.getVersion());
                call.ok();
            }
            default -> handleMany(call);
        }
    }

    @Override
    public long growth(Request request) {
        return switch (request.getOperation()) {
            case PUT, COMPARE_VERSION, COMPARE_BYTES ->
                    request.hasValue() ? growth(request.getKey(), request.getValue()) : 0;
            case PUT_IF_ABSENT ->
                    entries.containsKey(request.getKey())
                            ? 0
                            : growth(request.getKey(), request.getValue());
            case REPLACE ->
                    entries.containsKey(request.getKey())
                            ? growth(request.getKey(), request.getValue())
                            : 0;
            case MERGE ->
                    entries.containsKey(request.getKey())
                            ? request.getValue().size()
                            : growth(request.getKey(), request.getValue());
            case PUT_ALL -> {
                long sum = 0;
                int count = Math.min(request.getKeysCount(), request.getValuesCount());
                for (int i = 0; i < count; i++) {
                    sum += Math.max(0, growth(request.getKeys(i), request.getValues(i)));
                }
                yield sum;
            }
            default -> 0;
        };
    }

    private long growth(ByteString key, ByteString value) {
        Entry entry = entries.get(key);
        return entry == null
                ? ServerStats.ENTRY_BYTES + key.size() + value.size()
                : (long) value.size() - entry.value.size();
    }

    private void handleMany(Call call) {
        Request request = call.request();
        switch (request.getOperation()) {
            case GET_ALL -> getAll(call);
            case PUT_ALL -> {
                if (request.getKeysCount() != request.getValuesCount()) {
                    call.refuse(
                            "the request needs as many keys as values: keys="
                                    + request.getKeysCount()
                                    + ", values="
                                    + request.getValuesCount());
                    return;
                }
                long fresh = 0;
                for (int i = 0; i < request.getKeysCount(); i++) {
                    fresh +=
                            put(request.getKeys(i), request.getValues(i), endOf(request)) == null
                                    ? 1
                                    : 0;
                }
                call.ok(fresh);
            }
            case REMOVE_ALL -> {
                long count = 0;
                for (ByteString key : request.getKeysList()) {
                    count += remove(key, Change.REMOVED_ENTRY) == null ? 0 : 1;
                }
                call.ok(count);
            }
            case SNAPSHOT -> snapshot(call);
            case PAGE -> {
                Snapshot snapshot = snapshots.get(request.getVersion());
                if (snapshot == null || !snapshot.isOf(call.client())) {
                    call.refuse("no such snapshot: number=" + request.getVersion());
                } else {
                    answerPage(call, snapshot);
                }
            }
            case CLOSE_SNAPSHOT -> {
                Snapshot snapshot = snapshots.get(request.getVersion());
                if (snapshot != null && snapshot.isOf(call.client())) {
                    snapshots.remove(request.getVersion());
                }
                call.ok();
            }
            default -> SharedObject.refuse(call);
        }
    }

    private static Response.Builder found(@Nullable Entry entry) {
        Response.Builder response = Response.newBuilder();
        if (entry != null) {
            response.setValue(entry.value).setVersion(entry.version);
        }
        return response;
    }

    private static void answerOld(Call call, @Nullable ByteString old) {
        Response.Builder response = Response.newBuilder();
        if (old != null) {
            response.setValue(old);
        }
        call.answer(response);
    }

    private static long endOf(Request request) {
        long nanos = request.getNanos();
        return nanos <= 0
                ? 0
                : System.currentTimeMillis() + Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
    }

    /** Returns the entry with a key, unless it has expired. */
    private @Nullable Entry live(ByteString key) {
        Entry entry = entries.get(key);
        if (entry != null && entry.endsAt != 0 && entry.endsAt <= System.currentTimeMillis()) {
            remove(key, Change.EXPIRED_ENTRY);
            return null;
        }
        return entry;
    }

    private @Nullable ByteString put(ByteString key, ByteString value, long endsAt) {
        Entry entry = live(key);
        ByteString old = null;
        if (entry == null) {
            entry = insert(key, value, endsAt);
        } else {
            for (Snapshot snapshot : snapshots.values()) {
                snapshot.beforeChange(entry);
            }
            old = entry.value;
            stats.bytes((long) value.size() - old.size());
            entry.value = value;
            entry.version = ++changes;
            entry.endsAt = endsAt;
            expireLater(entry);
        }
        log.put(key, value, endsAt);
        watchers.tell(Change.PUT_ENTRY, key, value);
        return old;
    }

    private Entry insert(ByteString key, ByteString value, long endsAt) {
        Entry entry = new Entry(key, value, ++changes);
        entry.version = changes;
        entry.endsAt = endsAt;
        entry.before = last;
        if (last == null) {
            first = entry;
        } else {
            last.after = entry;
        }
        last = entry;
        entries.put(key, entry);
        stats.entries(1, (long) key.size() + value.size());
        expireLater(entry);
        return entry;
    }

    /**
     * Sets the timer of an entry. It belongs to the entry and ends with it, so that neither stays
     * in memory.
     */
    private void expireLater(Entry entry) {
        entry.stopTimer();
        if (entry.endsAt != 0) {
            long millis = Math.max(1, entry.endsAt - System.currentTimeMillis());
            entry.timer = tasks.schedule(() -> expire(entry), millis, TimeUnit.MILLISECONDS);
        }
    }

    private void expire(Entry entry) {
        entry.timer = null;
        if (entries.get(entry.key) == entry) {
            ByteString unused = remove(entry.key, Change.EXPIRED_ENTRY);
        }
    }

    private @Nullable ByteString remove(ByteString key, Change why) {
        if (why == Change.REMOVED_ENTRY && live(key) == null) {
            return null;
        }
        Entry entry = entries.remove(key);
        if (entry == null) {
            return null;
        }
        for (Snapshot snapshot : snapshots.values()) {
            snapshot.beforeRemoval(entry);
        }
        unlink(entry);
        stats.entries(-1, -(long) key.size() - entry.value.size());
        log.remove(key);
        watchers.tell(why, key, null);
        return entry.value;
    }

    private void unlink(Entry entry) {
        entry.stopTimer();
        if (entry.before == null) {
            first = entry.after;
        } else {
            entry.before.after = entry.after;
        }
        if (entry.after == null) {
            last = entry.before;
        } else {
            entry.after.before = entry.before;
        }
    }

    private void clear() {
        if (watchers.isEmpty() && snapshots.isEmpty()) {
            for (Entry entry : entries.values()) {
                stats.entries(-1, -(long) entry.key.size() - entry.value.size());
                entry.stopTimer();
            }
            entries.clear();
            first = null;
            last = null;
            log.clear();
        } else {
            for (ByteString key : List.copyOf(entries.keySet())) {
                remove(key, Change.REMOVED_ENTRY);
            }
        }
    }

    private void compareVersion(Call call) {
        Entry entry = live(call.request().getKey());
        long version = entry == null ? 0 : entry.version;
        if (version == call.request().getVersion()) {
            change(call, entry);
            call.ok(true);
        } else {
            call.answer(found(entry));
        }
    }

    /** If the bytes differ the objects may still be equal; the client finds that out. */
    private void compareBytes(Call call) {
        Entry entry = live(call.request().getKey());
        if (entry != null && entry.value.equals(call.request().getExpected())) {
            change(call, entry);
            call.ok(true);
        } else {
            call.answer(found(entry));
        }
    }

    private void change(Call call, @Nullable Entry entry) {
        Request request = call.request();
        if (request.hasValue()) {
            put(request.getKey(), request.getValue(), entry == null ? 0 : entry.endsAt);
        } else {
            remove(request.getKey(), Change.REMOVED_ENTRY);
        }
    }

    private void merge(Call call) {
        Request request = call.request();
        Entry entry = live(request.getKey());
        if (entry == null) {
            put(request.getKey(), request.getValue(), 0);
            call.answer(Response.newBuilder().setValue(request.getValue()));
            return;
        }
        Arithmetic function = Arithmetic.of(request.getNumber());
        try {
            Object old = CanonicalReader.simple(entry.value);
            Object given = CanonicalReader.simple(request.getValue());
            if (function == null || old == null || given == null) {
                call.refuse("the two values cannot be merged in the server");
                return;
            }
            ByteString merged = CanonicalWriter.simple(function.apply(old, given));
            if (merged == null || !fits(request.getKey(), merged)) {
                call.refuse("the merged value is too large");
                return;
            }
            put(request.getKey(), merged, entry.endsAt);
            call.answer(Response.newBuilder().setValue(merged));
        } catch (IllegalArgumentException e) {
            call.refuse(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Whether a value fits into an answer with its key, and twice into a request that compares and
     * sets it.
     */
    private boolean fits(ByteString key, ByteString value) {
        long limit = (long) bounds.maxFrameBytes() - FrameKind.ANSWER_BYTES;
        return value.size() <= limit / 2 && (long) key.size() + value.size() <= limit;
    }

    private void getAll(Call call) {
        Response.Builder response = Response.newBuilder();
        long bytes = 0;
        for (ByteString key : call.request().getKeysList()) {
            Entry entry = live(key);
            if (entry != null) {
                bytes += key.size() + (long) entry.value.size() + 16;
                if (bytes > bounds.maxFrameBytes() - FrameKind.ANSWER_BYTES) {
                    call.refuse("the values are too large for one answer; ask for fewer keys");
                    return;
                }
                response.addKeys(key).addValues(entry.value);
            }
        }
        call.answer(response);
    }

    private void snapshot(Call call) {
        if (snapshots.size() >= MAX_SNAPSHOTS) {
            call.refuse("too many iterations are under way: count=" + snapshots.size());
            return;
        }
        expireNow();
        Snapshot snapshot = new Snapshot(++nextSnapshot, call.client(), first, changes);
        snapshots.put(snapshot.number(), snapshot);
        call.client().involve(this);
        answerPage(call, snapshot);
    }

    /**
     * Removes expired entries at the beginning; their timers remove the others, to the millisecond.
     */
    private void expireNow() {
        while (first != null && live(first.key) == null) {
            // The next entry is the first one now.
        }
    }

    private void answerPage(Call call, Snapshot snapshot) {
        Response.Builder response = Response.newBuilder().setVersion(snapshot.number());
        snapshot.page(
                response, Math.max(1, call.request().getNumber()), new Page(bounds.pageBytes()));
        if (!response.getFlag()) {
            snapshots.remove(snapshot.number());
        }
        call.answer(response);
    }

    /** For tests. */
    void forEach(Consumer<Entry> action) {
        entries.values().forEach(action);
    }

    @Override
    public void clientEnded(Client client) {
        watchers.clientEnded(client);
        for (Iterator<Snapshot> i = snapshots.values().iterator(); i.hasNext(); ) {
            if (i.next().isOf(client)) {
                i.remove();
            }
        }
    }
}
