package dev.procession.manager.objects;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.CollectionRequest;
import dev.procession.manager.proto.DictCompareBytes;
import dev.procession.manager.proto.DictCompareVersion;
import dev.procession.manager.proto.DictGetAll;
import dev.procession.manager.proto.DictMerge;
import dev.procession.manager.proto.DictPut;
import dev.procession.manager.proto.DictPutAll;
import dev.procession.manager.proto.DictPutIfAbsent;
import dev.procession.manager.proto.DictRemove;
import dev.procession.manager.proto.DictRemoveAll;
import dev.procession.manager.proto.DictReplace;
import dev.procession.manager.proto.DictRequest;
import dev.procession.manager.proto.DictTouch;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.SnapshotOpen;
import dev.procession.manager.proto.SnapshotPage;
import dev.procession.manager.proto.WatchBegin;
import dev.procession.manager.store.EntryLog;
import dev.procession.manager.store.StoredEntries;
import dev.procession.manager.stream.Call;
import dev.procession.manager.stream.Client;
import dev.procession.manager.stream.LoopTasks;
import dev.procession.manager.stream.ServerBounds;
import dev.procession.manager.stream.ServerNumbers;
import dev.procession.manager.stream.ServerStats;
import dev.procession.manager.stream.SharedObject;
import dev.procession.manager.wire.Arithmetic;
import dev.procession.manager.wire.Bulk;
import dev.procession.manager.wire.CanonicalReader;
import dev.procession.manager.wire.CanonicalWriter;
import dev.procession.manager.wire.FrameKind;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A map of byte strings to byte strings: a dict, set, value, counter or namespace. Each entry has a
 * version, so that a client can compare and set it without knowing what the bytes mean.
 */
final class DictObject extends ForgettableObject implements StoredEntries {

    private static final int MAX_COUNTER_BYTES = 16;

    private final ServerStats stats;
    private final ServerBounds bounds;
    private final DictEvents events;
    private final Snapshots<Snapshot> snapshots;
    private final DictContent content;

    DictObject(
            LoopTasks tasks,
            ServerStats stats,
            ServerBounds bounds,
            ServerNumbers numbers,
            IterationRoom room,
            EntryLog log) {
        this.stats = stats;
        this.bounds = bounds;
        this.snapshots = new Snapshots<>(tasks, room, System::nanoTime, numbers);
        this.events = new DictEvents(tasks, stats);
        this.content = new DictContent(tasks, stats, log, numbers, events, room, snapshots);
    }

    /** How many entries it has, among which may be some that have ended. */
    int size() {
        return content.entries().size();
    }

    /** The bytes of its keys and values. */
    long bytes() {
        return content.entries().bytes();
    }

    /** The value of a counter; 0 if its entry has ended or is something else. */
    long counted() {
        Entry entry = content.entries().first();
        if (entry == null
                || entry.value.size() > MAX_COUNTER_BYTES
                || entry.hasEnded(System.currentTimeMillis())) {
            return 0;
        }
        try {
            return CanonicalReader.simple(entry.value) instanceof Long value ? value : 0;
        } catch (IllegalArgumentException e) { // a client has written other bytes
            return 0;
        }
    }

    @Override
    public void restorePut(ByteString key, ByteString value, long endsAt) {
        ByteString unused = content.put(key, value, endsAt);
    }

    @Override
    public void restoreRemoval(ByteString key) {
        ByteString unused = content.remove(key);
    }

    @Override
    public void restoreClear() {
        content.clear();
    }

    @Override
    public void handle(Call call) {
        switch (call.request().getBodyCase()) {
            case DICT -> handleEntries(call, call.request().getDict());
            case COLLECTION -> handleWhole(call, call.request().getCollection());
            default -> SharedObject.refuse(call);
        }
    }

    private void handleEntries(Call call, DictRequest request) {
        switch (request.getBodyCase()) {
            case GET -> call.answer(found(content.live(request.getGet().getKey())));
            case CONTAINS -> call.state(content.live(request.getContains().getKey()) != null);
            case PUT -> {
                DictPut put = request.getPut();
                long endsAt = endOf(put.getTimeToLiveNanos());
                answerOld(
                        call,
                        content.put(put.getKey(), put.getValue(), endsAt),
                        put.getWithoutOld());
            }
            case PUT_IF_ABSENT -> {
                DictPutIfAbsent put = request.getPutIfAbsent();
                Entry entry = content.live(put.getKey());
                if (entry == null) {
                    content.put(put.getKey(), put.getValue(), endOf(put.getTimeToLiveNanos()));
                }
                if (put.getWithoutOld()) {
                    call.state(entry != null);
                } else {
                    call.answer(found(entry));
                }
            }
            case REMOVE -> {
                DictRemove remove = request.getRemove();
                answerOld(call, content.remove(remove.getKey()), remove.getWithoutOld());
            }
            case REPLACE -> {
                DictReplace replace = request.getReplace();
                ByteString key = replace.getKey();
                Entry entry = content.live(key);
                long endsAt = endOf(entry, replace.getTimeToLiveNanos());
                answerOld(
                        call,
                        entry == null ? null : content.put(key, replace.getValue(), endsAt),
                        false);
            }
            case TOUCH -> call.state(touch(request.getTouch()));
            case COMPARE_VERSION -> compareVersion(call, request.getCompareVersion());
            case COMPARE_BYTES -> compareBytes(call, request.getCompareBytes());
            case MERGE -> merge(call, request.getMerge());
            case GET_ALL -> getAll(call, request.getGetAll());
            case PUT_ALL -> putAll(call, request.getPutAll());
            case REMOVE_ALL -> removeAll(call, request.getRemoveAll());
            case WATCH_BEGIN -> watch(call, request.getWatchBegin());
            case WATCH_END -> {
                events.endWatch(call.stream(), request.getWatchEnd().getWatch());
                call.ok();
            }
            case BODY_NOT_SET -> SharedObject.refuse(call);
        }
    }

    private void removeAll(Call call, DictRemoveAll request) {
        long count = 0;
        for (ByteString key : request.getKeysList()) {
            count += content.remove(key) == null ? 0 : 1;
        }
        call.count(count);
    }

    private void watch(Call call, WatchBegin watch) {
        ByteString key = watch.hasKey() ? watch.getKey() : null;
        if (events.watch(call.stream(), watch.getWatch(), key)) {
            involve(call.client());
            call.ok();
        } else {
            call.refuse("too many watches of one dict, by this client or by all");
        }
    }

    @Override
    public long growth(Call call) {
        return DictGrowth.of(call.request().getDict(), content.entries());
    }

    @Override
    public long answerBytes(Request request) {
        return switch (request.getCollection().getBodyCase()) {
            case SNAPSHOT_OPEN, SNAPSHOT_PAGE ->
                    Page.bytes(
                            stats.oldContent() > 0 ? Bulk.MAX_ENTRIES : content.size(),
                            content.pageBytes(bounds.pageBytes()),
                            bounds);
            default -> DictAnswers.of(request.getDict(), content.entries());
        };
    }

    private void handleWhole(Call call, CollectionRequest request) {
        switch (request.getBodyCase()) {
            case SIZE -> call.count(content.size());
            case CLEAR -> {
                content.clear();
                call.ok();
            }
            case SNAPSHOT_OPEN -> snapshot(call, request.getSnapshotOpen());
            case SNAPSHOT_PAGE -> {
                SnapshotPage next = request.getSnapshotPage();
                Snapshot snapshot = snapshots.next(call, next.getSnapshot());
                if (snapshot != null) {
                    answerPage(call, snapshot, next.getPageEntries());
                }
            }
            case SNAPSHOT_CLOSE -> snapshots.close(call, request.getSnapshotClose().getSnapshot());
            case BODY_NOT_SET -> SharedObject.refuse(call);
        }
    }

    private void putAll(Call call, DictPutAll request) {
        if (request.getKeysCount() != request.getValuesCount()) {
            call.refuse(
                    "the request needs as many keys as values: keys="
                            + request.getKeysCount()
                            + ", values="
                            + request.getValuesCount());
            return;
        }
        long endsAt = endOf(request.getTimeToLiveNanos());
        long fresh = 0;
        for (int i = 0; i < request.getKeysCount(); i++) {
            ByteString key = request.getKeys(i);
            if (!request.getOnlyAbsent() || content.live(key) == null) {
                fresh += content.put(key, request.getValues(i), endsAt) == null ? 1 : 0;
            }
        }
        call.count(fresh);
    }

    private static Response.Builder found(@Nullable Entry entry) {
        Response.Builder response = Response.newBuilder();
        if (entry != null) {
            response.setValue(entry.value).setVersion(entry.version);
        }
        return response;
    }

    /** Answers with the value that was there; or, without it, whether there was one. */
    private static void answerOld(Call call, @Nullable ByteString old, boolean withoutOld) {
        if (withoutOld) {
            call.state(old != null);
        } else {
            Response.Builder response = Response.newBuilder();
            call.answer(old == null ? response : response.setValue(old));
        }
    }

    private static long endOf(long nanos) {
        return nanos <= 0
                ? 0
                : System.currentTimeMillis() + Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
    }

    /**
     * Returns when an entry ends that is written with regard to its old value: without a time of
     * its own, the write leaves the end as it is.
     */
    private static long endOf(@Nullable Entry old, long nanos) {
        return nanos == 0 && old != null ? old.endsAt() : endOf(nanos);
    }

    private boolean touch(DictTouch request) {
        Entry entry = content.live(request.getKey());
        if (entry != null) {
            content.touch(entry, endOf(request.getTimeToLiveNanos()));
        }
        return entry != null;
    }

    private void compareVersion(Call call, DictCompareVersion request) {
        Entry entry = content.live(request.getKey());
        long version = entry == null ? 0 : entry.version;
        if (version == request.getVersion()) {
            long endsAt = endOf(entry, request.getTimeToLiveNanos());
            change(request.getKey(), request.hasValue() ? request.getValue() : null, endsAt);
            call.done(true);
        } else {
            call.answer(found(entry));
        }
    }

    /** If the bytes differ the objects may still be equal; the client finds that out. */
    private void compareBytes(Call call, DictCompareBytes request) {
        Entry entry = content.live(request.getKey());
        if (entry != null && entry.value.equals(request.getExpected())) {
            long endsAt = endOf(entry, request.getTimeToLiveNanos());
            change(request.getKey(), request.hasValue() ? request.getValue() : null, endsAt);
            call.done(true);
        } else {
            call.answer(found(entry));
        }
    }

    private void change(ByteString key, @Nullable ByteString value, long endsAt) {
        if (value != null) {
            content.put(key, value, endsAt);
        } else {
            content.remove(key);
        }
    }

    private void merge(Call call, DictMerge request) {
        Entry entry = content.live(request.getKey());
        long endsAt = endOf(entry, request.getTimeToLiveNanos());
        if (entry == null) {
            content.put(request.getKey(), request.getValue(), endsAt);
            call.answer(Response.newBuilder().setValue(request.getValue()));
            return;
        }
        Arithmetic function = Arithmetic.of(request.getFunction());
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
            content.put(request.getKey(), merged, endsAt);
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

    private void getAll(Call call, DictGetAll request) {
        Response.Builder response = Response.newBuilder();
        long bytes = 0;
        for (ByteString key : request.getKeysList()) {
            Entry entry = content.live(key);
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

    private void snapshot(Call call, SnapshotOpen request) {
        Snapshot snapshot = content.snapshot(call.client(), request.getKeysOnly());
        involve(call.client());
        answerPage(call, snapshot, request.getPageEntries());
    }

    private void answerPage(Call call, Snapshot snapshot, long entries) {
        Response.Builder response = Response.newBuilder().setSnapshot(snapshot.number());
        snapshot.page(
                response,
                Math.max(1, Math.min(entries, Bulk.MAX_ENTRIES)),
                new Page(bounds.pageBytes()));
        if (!response.getMore()) {
            snapshots.remove(snapshot);
        }
        call.answer(response);
    }

    @Override
    boolean isAsNew() {
        return content.entries().size() == 0 && events.areUnwatched() && snapshots.all().isEmpty();
    }

    @Override
    void forgotten() {
        super.forgotten();
        content.forgotten();
        snapshots.forgotten();
    }

    @Override
    void release(Client client) {
        events.clientEnded(client);
        snapshots.clientEnded(client);
    }
}
