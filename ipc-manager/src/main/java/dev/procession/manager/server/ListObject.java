package dev.procession.manager.server;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A list of byte strings. The list has one version, so that a client can compare and set it. */
final class ListObject implements SharedObject {

    /** The index for adding at the end. */
    private static final long END = -1;

    private static final int MAX_SNAPSHOTS = 1024;

    private final ServerStats stats;
    private final ServerBounds bounds;
    private final ListLog log;
    private final List<ByteString> elements = new ArrayList<>();
    private final Map<Long, ListSnapshot> snapshots = new HashMap<>();

    /** A copy of the elements for all snapshots of this version; null after a change. */
    private @Nullable List<ByteString> frozen;

    private long nextSnapshot;
    private long version;

    /** The bytes that the elements take. */
    private long bytes;

    ListObject(ServerStats stats, ServerBounds bounds, ServerNumbers numbers, ListLog log) {
        this.stats = stats;
        this.bounds = bounds;
        this.log = log;
        this.version = numbers.firstVersion();
        this.nextSnapshot = numbers.first();
        log.load(this::apply);
    }

    @Override
    public void handle(Call call) {
        Request request = call.request();
        switch (request.getOperation()) {
            case SIZE ->
                    call.answer(
                            Response.newBuilder().setNumber(elements.size()).setVersion(version));
            case LIST_GET -> get(call);
            case SNAPSHOT -> snapshot(call);
            case PAGE -> nextPage(call);
            case CLOSE_SNAPSHOT -> {
                if (snapshotOf(call) != null) {
                    snapshots.remove(request.getVersion());
                }
                call.ok();
            }
            case LIST_SET, LIST_REMOVE -> changeWithin(call);
            case LIST_ADD -> {
                if (isOutdated(request)) {
                    answerOutdated(call);
                } else if (request.getNumber() < END || request.getNumber() > elements.size()) {
                    answerOutOfBounds(call);
                } else {
                    changeAndAnswer(call);
                }
            }
            case LIST_REPLACE -> {
                if (request.getVersion() == version) {
                    change(request);
                    call.ok(true);
                } else {
                    call.ok(false);
                }
            }
            case CLEAR -> changeAndAnswer(call);
            default -> SharedObject.refuse(call);
        }
    }

    @Override
    public long growth(Request request) {
        return switch (request.getOperation()) {
            case LIST_SET ->
                    has(request.getNumber())
                            ? (long) request.getValue().size()
                                    - elements.get((int) request.getNumber()).size()
                            : 0;
            case LIST_ADD -> sum(request.getValuesList());
            case LIST_REPLACE -> sum(request.getValuesList()) - bytes;
            default -> 0;
        };
    }

    private static long sum(List<ByteString> values) {
        long sum = ServerStats.ENTRY_BYTES * values.size();
        for (ByteString value : values) {
            sum += value.size();
        }
        return sum;
    }

    private boolean has(long index) {
        return index >= 0 && index < elements.size();
    }

    /** Answers that there is no such index: no flag, and the size as the number. */
    private void answerOutOfBounds(Call call) {
        call.answer(Response.newBuilder().setFlag(false).setNumber(elements.size()));
    }

    private void get(Call call) {
        long index = call.request().getNumber();
        if (has(index)) {
            call.answer(
                    Response.newBuilder()
                            .setFlag(true)
                            .setValue(elements.get((int) index))
                            .setVersion(version));
        } else {
            answerOutOfBounds(call);
        }
    }

    private boolean isOutdated(Request request) {
        return request.getVersion() != 0 && request.getVersion() != version;
    }

    /** Answers that the list has changed since the caller read it: no flag, but a version. */
    private void answerOutdated(Call call) {
        call.answer(Response.newBuilder().setFlag(false).setVersion(version));
    }

    /** Answers with the first page; keeps a snapshot if there are more. */
    private void snapshot(Call call) {
        ListSnapshot snapshot = new ListSnapshot(call.client(), elements);
        Response.Builder response = Response.newBuilder().setNumber(version);
        snapshot.page(response, new Page(bounds.pageBytes()));
        if (response.getFlag()) {
            if (snapshots.size() >= MAX_SNAPSHOTS) {
                call.refuse("too many iterations are under way: count=" + snapshots.size());
                return;
            }
            List<ByteString> copy = frozen == null ? List.copyOf(elements) : frozen;
            frozen = copy;
            snapshots.put(++nextSnapshot, snapshot.of(copy));
            call.client().involve(this);
        }
        call.answer(response.setVersion(nextSnapshot));
    }

    private @Nullable ListSnapshot snapshotOf(Call call) {
        ListSnapshot snapshot = snapshots.get(call.request().getVersion());
        return snapshot != null && snapshot.isOf(call.client()) ? snapshot : null;
    }

    private void nextPage(Call call) {
        long number = call.request().getVersion();
        ListSnapshot snapshot = snapshotOf(call);
        if (snapshot == null) {
            call.refuse("no such snapshot: number=" + number);
            return;
        }
        Response.Builder response = Response.newBuilder().setVersion(number);
        snapshot.page(response, new Page(bounds.pageBytes()));
        if (!response.getFlag()) {
            snapshots.remove(number);
        }
        call.answer(response);
    }

    @Override
    public void clientEnded(Client client) {
        snapshots.values().removeIf(snapshot -> snapshot.isOf(client));
    }

    private void changeWithin(Call call) {
        Request request = call.request();
        long from = request.getNumber();
        boolean single = request.getOperation() == dev.procession.manager.proto.Operation.LIST_SET;
        long to = single ? from + 1 : request.getSize();
        if (isOutdated(request)) {
            answerOutdated(call);
            return;
        }
        if (from < 0 || to < from || to > elements.size()) {
            answerOutOfBounds(call);
            return;
        }
        Response.Builder response = Response.newBuilder().setFlag(true);
        if (to == from + 1) {
            response.setValue(elements.get((int) from));
        }
        change(request);
        call.answer(response.setVersion(version));
    }

    private void changeAndAnswer(Call call) {
        change(call.request());
        call.answer(
                Response.newBuilder().setFlag(true).setNumber(elements.size()).setVersion(version));
    }

    private void change(Request request) {
        apply(request);
        log.append(request, elements);
    }

    private void apply(Request request) {
        version++;
        frozen = null;
        int from = (int) request.getNumber();
        switch (request.getOperation()) {
            case LIST_SET -> {
                count(-1, elements.get(from));
                elements.set(from, request.getValue());
                count(1, request.getValue());
            }
            case LIST_ADD -> {
                int at = from < 0 ? elements.size() : from;
                elements.addAll(at, request.getValuesList());
                request.getValuesList().forEach(element -> count(1, element));
            }
            case LIST_REMOVE -> {
                List<ByteString> range = elements.subList(from, (int) request.getSize());
                range.forEach(element -> count(-1, element));
                range.clear();
            }
            case LIST_REPLACE, CLEAR -> {
                elements.forEach(element -> count(-1, element));
                elements.clear();
                elements.addAll(request.getValuesList());
                elements.forEach(element -> count(1, element));
            }
            default -> throw new IllegalArgumentException("no change: " + request.getOperation());
        }
    }

    private void count(int sign, ByteString element) {
        bytes += (long) sign * (ServerStats.ENTRY_BYTES + element.size());
        stats.entries(sign, (long) sign * element.size());
    }
}
