package dev.procession.manager.objects;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.DictCompareBytes;
import dev.procession.manager.proto.DictCompareVersion;
import dev.procession.manager.proto.DictGet;
import dev.procession.manager.proto.DictMerge;
import dev.procession.manager.proto.DictPut;
import dev.procession.manager.proto.DictPutAll;
import dev.procession.manager.proto.DictPutIfAbsent;
import dev.procession.manager.proto.DictRemove;
import dev.procession.manager.proto.DictReplace;
import dev.procession.manager.proto.DictRequest;
import dev.procession.manager.proto.DictTouch;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.store.EntryLog;
import dev.procession.manager.stream.ObjectFixture;
import dev.procession.manager.stream.ServerNumbers;
import dev.procession.manager.wire.Arithmetic;
import dev.procession.manager.wire.CanonicalWriter;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No request of a dict takes more memory than it says before, whatever is there. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DictGrowthTest {

    private static final ByteString KEY = ByteString.copyFromUtf8("key");
    private static final long HOUR = 3_600_000_000_000L;

    private enum Old {
        NONE,
        LIVING,
        MORTAL,
        ENDED
    }

    private enum Operation {
        PUT,
        PUT_IF_ABSENT,
        PUT_ALL,
        PUT_ALL_ABSENT,
        REPLACE,
        TOUCH,
        COMPARE_VERSION,
        COMPARE_BYTES,
        MERGE
    }

    private record Case(Old old, int oldSize, Operation operation, int size, long timeToLive) {}

    private final ObjectFixture fixture = new ObjectFixture();
    private final ObjectFixture.Peer client = fixture.new Peer();

    DictGrowthTest() {
        fixture.use(
                new DictObject(
                        fixture.tasks(),
                        fixture.stats(),
                        fixture.bounds(),
                        new ServerNumbers(1, 1),
                        new IterationRoom(fixture.tasks(), fixture.stats(), fixture.bounds()),
                        EntryLog.NONE));
    }

    static Stream<Case> cases() {
        List<Integer> sizes = List.of(1, 300, 300_000);
        return Arrays.stream(Old.values())
                .flatMap(old -> sizes.stream().flatMap(oldSize -> cases(old, oldSize, sizes)));
    }

    private static Stream<Case> cases(Old old, int oldSize, List<Integer> sizes) {
        return Arrays.stream(Operation.values())
                .flatMap(
                        operation ->
                                sizes.stream()
                                        .flatMap(
                                                size ->
                                                        Stream.of(0L, HOUR)
                                                                .map(
                                                                        nanos ->
                                                                                new Case(
                                                                                        old,
                                                                                        oldSize,
                                                                                        operation,
                                                                                        size,
                                                                                        nanos))));
    }

    private static ByteString text(int size) {
        return Objects.requireNonNull(CanonicalWriter.simple("x".repeat(size)));
    }

    private Response call(DictRequest.Builder body) {
        return client.call(Request.newBuilder().setKind(Kind.DICT).setName("d").setDict(body));
    }

    private void put(int size, long nanos) {
        Response unused =
                call(
                        DictRequest.newBuilder()
                                .setPut(
                                        DictPut.newBuilder()
                                                .setKey(KEY)
                                                .setValue(text(size))
                                                .setTimeToLiveNanos(nanos)));
    }

    private void prepare(Case it) {
        switch (it.old) {
            case NONE -> {}
            case LIVING -> put(it.oldSize, 0);
            case MORTAL -> put(it.oldSize, HOUR);
            case ENDED -> {
                put(it.oldSize, 1); // in the next millisecond; nothing runs the timer here
                long end = System.currentTimeMillis() + 2;
                while (System.currentTimeMillis() < end) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    private long version() {
        return call(DictRequest.newBuilder().setGet(DictGet.newBuilder().setKey(KEY))).getVersion();
    }

    private DictRequest.Builder request(Case it) {
        DictRequest.Builder request = DictRequest.newBuilder();
        ByteString value = text(it.size);
        long nanos = it.timeToLive;
        return switch (it.operation) {
            case PUT ->
                    request.setPut(
                            DictPut.newBuilder()
                                    .setKey(KEY)
                                    .setValue(value)
                                    .setTimeToLiveNanos(nanos));
            case PUT_IF_ABSENT ->
                    request.setPutIfAbsent(
                            DictPutIfAbsent.newBuilder()
                                    .setKey(KEY)
                                    .setValue(value)
                                    .setTimeToLiveNanos(nanos));
            case PUT_ALL, PUT_ALL_ABSENT ->
                    request.setPutAll(
                            DictPutAll.newBuilder()
                                    .addKeys(KEY)
                                    .addValues(value)
                                    .addKeys(value)
                                    .addValues(KEY)
                                    .addKeys(KEY)
                                    .addValues(value)
                                    .setOnlyAbsent(it.operation == Operation.PUT_ALL_ABSENT)
                                    .setTimeToLiveNanos(nanos));
            case REPLACE ->
                    request.setReplace(
                            DictReplace.newBuilder()
                                    .setKey(KEY)
                                    .setValue(value)
                                    .setTimeToLiveNanos(nanos));
            case TOUCH ->
                    request.setTouch(DictTouch.newBuilder().setKey(KEY).setTimeToLiveNanos(nanos));
            case COMPARE_VERSION ->
                    request.setCompareVersion(
                            DictCompareVersion.newBuilder()
                                    .setKey(KEY)
                                    .setVersion(it.old == Old.ENDED ? 0 : version())
                                    .setValue(value)
                                    .setTimeToLiveNanos(nanos));
            case COMPARE_BYTES ->
                    request.setCompareBytes(
                            DictCompareBytes.newBuilder()
                                    .setKey(KEY)
                                    .setExpected(text(it.oldSize))
                                    .setValue(value)
                                    .setTimeToLiveNanos(nanos));
            case MERGE ->
                    request.setMerge(
                            DictMerge.newBuilder()
                                    .setKey(KEY)
                                    .setFunction(Arithmetic.APPEND.number())
                                    .setValue(value)
                                    .setTimeToLiveNanos(nanos));
        };
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldTakeNoMoreThanItSays(Case it) {
        prepare(it);
        assertThat(call(request(it)).getText()).isEmpty();
        assertThat(fixture.failures()).isEmpty();
    }

    private static DictRequest.Builder merge(Arithmetic function, Object value) {
        return DictRequest.newBuilder()
                .setMerge(
                        DictMerge.newBuilder()
                                .setKey(KEY)
                                .setFunction(function.number())
                                .setValue(Objects.requireNonNull(CanonicalWriter.simple(value))));
    }

    /** A string of Latin-1 takes one byte for each character, any other string two. */
    @ParameterizedTest
    @ValueSource(ints = {100, 50_000, 300_000})
    void shouldTakeNoMoreThanItSaysWhenAStringGetsWider(int size) {
        String text = "x".repeat(size);
        for (List<String> values : List.of(List.of(text, "\u20ac"), List.of("\u20ac", text))) {
            Response removed =
                    call(DictRequest.newBuilder().setRemove(DictRemove.newBuilder().setKey(KEY)));
            Response first = call(merge(Arithmetic.APPEND, values.get(0)));
            assertThat(removed.getText() + first.getText()).isEmpty();
            client.confirm();
            Response merged = call(merge(Arithmetic.APPEND, values.get(1)));
            assertThat(merged.getText()).isEmpty();
            assertThat(merged.getValue().size()).isGreaterThan(2 * size);
            assertThat(fixture.failures()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0E-10000", "-1E-10000", "99E10000"})
    void shouldTakeNoMoreThanItSaysForNumbersOfOtherScales(String given) {
        Response first = call(merge(Arithmetic.SUM, BigDecimal.ONE));
        assertThat(first.getText()).isEmpty();
        Response merged = call(merge(Arithmetic.SUM, new BigDecimal(given)));
        assertThat(merged.getText()).isEmpty();
        assertThat(merged.getValue().size()).isGreaterThan(4000);
        assertThat(fixture.failures()).isEmpty();
    }
}
