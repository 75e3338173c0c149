package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.procession.manager.proto.DictGetAll;
import dev.procession.manager.proto.DictRequest;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.ListAdd;
import dev.procession.manager.proto.ListRequest;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import dev.procession.manager.wire.Bulk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A request that is refused before it is decoded is one request's matter. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RefusedRequestsTest {

    private static final byte[] SECRET = {3, 1};
    private static final int MESSAGE_BYTES = 1 << 20;

    @TempDir private Path directory;
    private Manager manager;
    private ScriptedClient client;

    @BeforeEach
    void start() throws IOException {
        manager =
                Manager.builder()
                        .address(directory.resolve("m"), SECRET)
                        .maxMessageBytes(MESSAGE_BYTES)
                        .embedded();
        client = new ScriptedClient(directory.resolve("m"), SECRET);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        manager.close();
    }

    private static Request.Builder add(long seq, int count) {
        ByteString small = ByteString.copyFrom(new byte[1]);
        ListAdd add = ListAdd.newBuilder().addAllValues(Collections.nCopies(count, small)).build();
        return Request.newBuilder()
                .setSeq(seq)
                .setKind(Kind.LIST)
                .setName("l")
                .setList(ListRequest.newBuilder().setAdd(add));
    }

    private static Request.Builder getAll(long seq, int count) {
        DictGetAll get =
                DictGetAll.newBuilder()
                        .addAllKeys(Collections.nCopies(count, ByteString.EMPTY))
                        .build();
        return Request.newBuilder()
                .setSeq(seq)
                .setKind(Kind.DICT)
                .setName("d")
                .setDict(DictRequest.newBuilder().setGetAll(get));
    }

    @Test
    void shouldAnswerWithTheFiguresAndGoOn() throws Exception {
        client.send(add(1, 300_000), 0);
        client.send(getAll(2, Bulk.MAX_ENTRIES + 1), 0);
        client.send(add(3, 20_000), 0);
        Response memory = client.answer();
        assertThat(memory.getSeq()).isEqualTo(1);
        assertThat(memory.getStatus()).isEqualTo(Status.REFUSED);
        assertThat(memory.getText()).contains("too much memory").contains("limit=2097664");
        Response entries = client.answer();
        assertThat(entries.getSeq()).isEqualTo(2);
        assertThat(entries.getStatus()).isEqualTo(Status.REFUSED);
        assertThat(entries.getText()).contains("too many entries").contains("limit=4096");
        Response done = client.answer();
        assertThat(done.getSeq()).isEqualTo(3);
        assertThat(done.getCount()).isEqualTo(20_000);
        client.send(add(1, 1), 3); // each number is carried out once, as after others
        client.send(add(4, 1), 3);
        assertThat(client.answer().getCount()).isEqualTo(20_001);
    }

    @Test
    void shouldEndTheConnectionOfAnUnknownFieldAndNoOther() throws Exception {
        UnknownFieldSet unknown =
                UnknownFieldSet.newBuilder()
                        .addField(
                                50,
                                UnknownFieldSet.Field.newBuilder()
                                        .addLengthDelimited(ByteString.copyFrom(new byte[100_000]))
                                        .build())
                        .build();
        manager.list("other").add("one");
        client.send(add(1, 1).setUnknownFields(unknown), 0);
        assertThatThrownBy(client::answer).isInstanceOf(IOException.class);
        assertThat(manager.list("other")).containsExactly("one");
        client.cut(0);
        client.send(add(1, 1), 0);
        assertThat(client.answer().getCount()).isEqualTo(1);
        assertThat(manager.stats().failures()).isZero();
    }

    @Test
    void shouldSayWhatAUserSendsTooMuchOf() {
        SharedList<Integer> list = manager.list("numbers");
        assertThatThrownBy(() -> list.addAll(IntStream.range(0, 50_000).boxed().toList()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxMessageBytes");
        assertThat(list.addAll(IntStream.range(0, 20_000).boxed().toList())).isTrue();
        assertThat(list).hasSize(20_000);
        assertThat(list.stream().mapToLong(i -> i).sum()).isEqualTo(199_990_000L);
    }
}
