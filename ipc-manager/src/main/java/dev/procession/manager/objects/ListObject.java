package dev.procession.manager.objects;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.CollectionRequest;
import dev.procession.manager.proto.ListAdd;
import dev.procession.manager.proto.ListRemove;
import dev.procession.manager.proto.ListRemoveRanges;
import dev.procession.manager.proto.ListReplace;
import dev.procession.manager.proto.ListRequest;
import dev.procession.manager.proto.ListSet;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.StoredListChange;
import dev.procession.manager.proto.StoredListChange.Action;
import dev.procession.manager.store.ListLog;
import dev.procession.manager.store.StoredList;
import dev.procession.manager.stream.Call;
import dev.procession.manager.stream.Client;
import dev.procession.manager.stream.HeapBytes;
import dev.procession.manager.stream.LoopTasks;
import dev.procession.manager.stream.ServerBounds;
import dev.procession.manager.stream.ServerNumbers;
import dev.procession.manager.stream.ServerStats;
import dev.procession.manager.stream.SharedObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A list of byte strings. The list has one version, so that a client can compare and set it. */
final class ListObject extends ForgettableObject implements StoredList {

    private final ServerStats stats;
    private final ServerBounds bounds;
    private final ServerNumbers numbers;
    private final ListLog log;
    private final IterationRoom room;
    private final ElementList elements = new ElementList();
    private final ListOldContent oldContent;
    private final Snapshots<ListSnapshot> snapshots;

    private long version;

    ListObject(
            LoopTasks tasks,
            ServerStats stats,
            ServerBounds bounds,
            ServerNumbers numbers,
            IterationRoom room,
            ListLog log) {
        this.stats = stats;
        this.bounds = bounds;
        this.room = room;
        this.log = log;
        this.oldContent = new ListOldContent(stats, elements);
        this.numbers = numbers;
        this.version = numbers.firstVersion();
        this.snapshots = new Snapshots<>(tasks, room, System::nanoTime, numbers);
    }

    @Override
    public void restore(StoredListChange change) {
        change(change);
    }

    @Override
    public int size() {
        return elements.size();
    }

    @Override
    public long elementBytes() {
        return elements.plainBytes();
    }

    @Override
    public List<ByteString> copy() {
        return elements.copy();
    }

    @Override
    public void handle(Call call) {
        switch (call.request().getBodyCase()) {
            case LIST -> handleElements(call, call.request().getList());
            case COLLECTION -> handleWhole(call, call.request().getCollection());
            default -> SharedObject.refuse(call);
        }
    }

    private void handleElements(Call call, ListRequest request) {
        switch (request.getBodyCase()) {
            case GET -> get(call, request.getGet().getIndex());
            case SET -> set(call, request.getSet());
            case ADD -> add(call, request.getAdd());
            case REMOVE -> remove(call, request.getRemove());
            case REMOVE_RANGES -> removeRanges(call, request.getRemoveRanges());
            case REPLACE -> replace(call, request.getReplace());
            case BODY_NOT_SET -> SharedObject.refuse(call);
        }
    }

    private void handleWhole(Call call, CollectionRequest request) {
        switch (request.getBodyCase()) {
            case SIZE ->
                    call.answer(
                            Response.newBuilder().setCount(elements.size()).setVersion(version));
            case CLEAR ->
                    changeAndAnswer(call, StoredListChange.newBuilder().setAction(Action.CLEAR));
            case SNAPSHOT_OPEN -> snapshot(call);
            case SNAPSHOT_PAGE -> nextPage(call, request.getSnapshotPage().getSnapshot());
            case SNAPSHOT_CLOSE -> snapshots.close(call, request.getSnapshotClose().getSnapshot());
            case BODY_NOT_SET -> SharedObject.refuse(call);
        }
    }

    @Override
    public long growth(Call call) {
        ListRequest change = call.request().getList();
        return switch (change.getBodyCase()) {
            case SET -> {
                long index = change.getSet().getIndex();
                yield has(index)
                        ? HeapBytes.of(change.getSet().getValue())
                                - HeapBytes.of(elements.get((int) index))
                        : 0;
            }
            case ADD -> sum(change.getAdd().getValuesList());
            case REPLACE -> sum(change.getReplace().getValuesList()) - oldContent.has();
            case GET, REMOVE, REMOVE_RANGES, BODY_NOT_SET -> 0;
        };
    }

    @Override
    public long answerBytes(Request request) {
        ListRequest list = request.getList();
        return switch (request.getCollection().getBodyCase()) {
            case SNAPSHOT_OPEN, SNAPSHOT_PAGE ->
                    Page.bytes(elements.size(), elements.bytes() + stats.oldContent(), bounds);
            default ->
                    switch (list.getBodyCase()) {
                        case GET -> bytes(list.getGet().getIndex());
                        case SET -> bytes(list.getSet().getIndex());
                        case REMOVE -> bytes(list.getRemove().getFrom());
                        case ADD, REMOVE_RANGES, REPLACE, BODY_NOT_SET -> 0;
                    };
        };
    }

    private long bytes(long index) {
        return has(index) ? elements.get((int) index).size() : 0;
    }

    private static long sum(List<ByteString> values) {
        long sum = ServerStats.ELEMENT_BYTES * values.size();
        for (ByteString value : values) {
            sum += HeapBytes.of(value);
        }
        return sum;
    }

    private boolean has(long index) {
        return index >= 0 && index < elements.size();
    }

    /** Answers that there is no such index: not done, and the size. */
    private void answerOutOfBounds(Call call) {
        call.answer(Response.newBuilder().setCount(elements.size()));
    }

    private void get(Call call, long index) {
        if (has(index)) {
            call.answer(
                    Response.newBuilder()
                            .setDone(true)
                            .setValue(elements.get((int) index))
                            .setVersion(version));
        } else {
            answerOutOfBounds(call);
        }
    }

    private boolean isOutdated(long expected) {
        return expected != 0 && expected != version;
    }

    /** Answers that the list has changed since the caller read it: not done, and the version. */
    private void answerOutdated(Call call) {
        call.answer(Response.newBuilder().setVersion(version));
    }

    /** Answers with the first page; keeps a snapshot if there are more. */
    private void snapshot(Call call) {
        ListSnapshot snapshot =
                new ListSnapshot(snapshots.nextNumber(), call.client(), oldContent, elements);
        Response.Builder response = Response.newBuilder().setVersion(version);
        snapshot.page(response, new Page(bounds.pageBytes()));
        if (response.getMore()) {
            snapshots.add(snapshot.of(elements.copy()));
            involve(call.client());
        }
        call.answer(response.setSnapshot(snapshot.number()));
    }

    private void nextPage(Call call, long number) {
        ListSnapshot snapshot = snapshots.next(call, number);
        if (snapshot != null) {
            Response.Builder response = Response.newBuilder().setSnapshot(number);
            snapshot.page(response, new Page(bounds.pageBytes()));
            if (!response.getMore()) {
                snapshots.remove(snapshot);
            }
            call.answer(response);
        }
    }

    @Override
    boolean isAsNew() {
        return elements.isEmpty() && snapshots.all().isEmpty();
    }

    @Override
    void forgotten() {
        super.forgotten();
        numbers.usedVersion(version);
        log.forgotten();
        snapshots.forgotten();
    }

    @Override
    void release(Client client) {
        snapshots.clientEnded(client);
    }

    private void set(Call call, ListSet request) {
        long index = request.getIndex();
        if (mayChange(call, request.getVersion(), has(index))) {
            ByteString old = elements.get((int) index);
            change(
                    StoredListChange.newBuilder()
                            .setAction(Action.SET)
                            .setIndex(index)
                            .setValue(request.getValue()));
            answerChanged(call, old);
        }
    }

    private void remove(Call call, ListRemove request) {
        long from = request.getFrom();
        long to = request.getTo();
        boolean within = from >= 0 && from <= to && to <= elements.size();
        if (mayChange(call, request.getVersion(), within)) {
            ByteString old = to == from + 1 ? elements.get((int) from) : null;
            change(
                    StoredListChange.newBuilder()
                            .setAction(Action.REMOVE)
                            .setIndex(from)
                            .setEnd(to));
            answerChanged(call, old);
        }
    }

    private void removeRanges(Call call, ListRemoveRanges request) {
        int count = request.getFromCount();
        if (count != request.getToCount()) {
            call.refuse(
                    "the request needs as many ends of ranges as beginnings: beginnings="
                            + count
                            + ", ends="
                            + request.getToCount());
        } else if (mayChange(call, request.getVersion(), areWithin(request))) {
            change(
                    StoredListChange.newBuilder()
                            .setAction(Action.REMOVE_RANGES)
                            .addAllFrom(request.getFromList())
                            .addAllTo(request.getToList()));
            answerChanged(call, null);
        }
    }

    private boolean areWithin(ListRemoveRanges ranges) {
        long end = 0;
        for (int i = 0; i < ranges.getFromCount(); i++) {
            if (ranges.getFrom(i) < end || ranges.getTo(i) < ranges.getFrom(i)) {
                return false;
            }
            end = ranges.getTo(i);
        }
        return end <= elements.size();
    }

    private void add(Call call, ListAdd request) {
        long index = request.hasIndex() ? request.getIndex() : elements.size();
        boolean within = index >= 0 && index <= elements.size();
        if (mayChange(call, request.getVersion(), within)) {
            changeAndAnswer(
                    call,
                    StoredListChange.newBuilder()
                            .setAction(Action.ADD)
                            .setIndex(index)
                            .addAllValues(request.getValuesList()));
        }
    }

    private void replace(Call call, ListReplace request) {
        boolean same = request.getVersion() == version;
        if (same) {
            change(
                    StoredListChange.newBuilder()
                            .setAction(Action.REPLACE)
                            .addAllValues(request.getValuesList()));
        }
        call.done(same);
    }

    /** Whether a change can be made; otherwise it is answered. */
    private boolean mayChange(Call call, long expectedVersion, boolean within) {
        if (isOutdated(expectedVersion)) {
            answerOutdated(call);
            return false;
        }
        if (!within) {
            answerOutOfBounds(call);
        }
        return within;
    }

    private void answerChanged(Call call, @Nullable ByteString old) {
        Response.Builder response = Response.newBuilder().setDone(true).setVersion(version);
        call.answer(old == null ? response : response.setValue(old));
    }

    private void changeAndAnswer(Call call, StoredListChange.Builder change) {
        change(change);
        call.answer(
                Response.newBuilder().setDone(true).setCount(elements.size()).setVersion(version));
    }

    private void change(StoredListChange.Builder builder) {
        change(builder.build());
    }

    private void change(StoredListChange change) {
        apply(change);
        log.append(change, this);
    }

    private void apply(StoredListChange change) {
        version++;
        int sizeBefore = elements.size();
        long bytesBefore = elements.bytes();
        int from = (int) change.getIndex();
        switch (change.getAction()) {
            case SET -> elements.set(from, change.getValue());
            case ADD -> elements.addAll(from < 0 ? elements.size() : from, change.getValuesList());
            case REMOVE -> elements.removeRange(from, (int) change.getEnd());
            case REMOVE_RANGES -> elements.removeRanges(change.getFromList(), change.getToList());
            case REPLACE, CLEAR -> {
                elements.clear();
                elements.addAll(0, change.getValuesList());
            }
            case NONE, UNRECOGNIZED ->
                    throw new IllegalArgumentException("no change: " + change.getAction());
        }
        stats.listElements(elements.size() - sizeBefore, elements.bytes() - bytesBefore);
        oldContent.changed();
        room.makeRoom();
    }
}
