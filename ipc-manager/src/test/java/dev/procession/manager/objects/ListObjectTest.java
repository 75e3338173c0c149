package dev.procession.manager.objects;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.ListAdd;
import dev.procession.manager.proto.ListRemoveRanges;
import dev.procession.manager.proto.ListRequest;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.StoredListChange;
import dev.procession.manager.store.ListLog;
import dev.procession.manager.store.StoredList;
import dev.procession.manager.stream.ObjectFixture;
import dev.procession.manager.stream.ServerNumbers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a list logs, and what it says of itself to the store. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ListObjectTest {

    private final ObjectFixture fixture = new ObjectFixture();
    private final ObjectFixture.Peer client = fixture.new Peer();
    private final List<StoredListChange> logged = new ArrayList<>();
    private final ListObject list = list(new Changes());

    /** Notes the changes. */
    private final class Changes implements ListLog {
        @Override
        public void append(StoredListChange change, StoredList now) {
            logged.add(change);
        }

        @Override
        public void forgotten() {}
    }

    private ListObject list(ListLog log) {
        return new ListObject(
                fixture.tasks(),
                fixture.stats(),
                fixture.bounds(),
                new ServerNumbers(1, 1),
                new IterationRoom(fixture.tasks(), fixture.stats(), fixture.bounds()),
                log);
    }

    private Response call(ListRequest.Builder body) {
        fixture.use(list);
        return client.call(Request.newBuilder().setKind(Kind.LIST).setName("l").setList(body));
    }

    private static ByteString element(int number) {
        return ByteString.copyFromUtf8(Integer.toString(number));
    }

    private void add(List<ByteString> elements) {
        ListAdd add = ListAdd.newBuilder().addAllValues(elements).build();
        assertThat(call(ListRequest.newBuilder().setAdd(add)).getDone()).isTrue();
    }

    /** All or none is in the log when the server is killed. */
    @Test
    void shouldLogTheRemovalOfSeveralRangesAsOneChange() {
        add(IntStream.range(0, 3000).mapToObj(ListObjectTest::element).toList());
        ListRemoveRanges ranges =
                ListRemoveRanges.newBuilder()
                        .addFrom(1)
                        .addTo(3)
                        .addFrom(10)
                        .addTo(2000)
                        .addFrom(2999)
                        .addTo(3000)
                        .build();
        Response answer = call(ListRequest.newBuilder().setRemoveRanges(ranges));
        assertThat(answer.getDone()).isTrue();
        assertThat(logged).hasSize(2);
        List<ByteString> expected =
                IntStream.range(0, 2999)
                        .filter(i -> i < 1 || (i >= 3 && i < 10) || i >= 2000)
                        .mapToObj(ListObjectTest::element)
                        .toList();
        assertThat(list.copy()).isEqualTo(expected);
        ListObject restored = list(ListLog.NONE);
        logged.forEach(restored::restore);
        assertThat(restored.copy()).isEqualTo(expected);
    }

    /** What large elements take of the heap beside that is not in the file. */
    @Test
    void shouldTellTheStoreTheBytesThatItsElementsHave() {
        add(List.of(ByteString.copyFrom(new byte[1 << 20]), element(1)));
        assertThat(list.elementBytes()).isEqualTo((1 << 20) + 1);
    }
}
