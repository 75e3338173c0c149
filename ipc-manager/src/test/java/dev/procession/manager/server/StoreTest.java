package dev.procession.manager.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.Operation;
import dev.procession.manager.proto.Request;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {

    /** One change more than the store keeps for an empty list. */
    private static final int CHANGES = 1025;

    private static final Request CHANGE =
            Request.newBuilder().setOperation(Operation.CLEAR).build();

    @TempDir private Path directory;

    /** A list for which there is no memory to write it. */
    private static final class TooLarge extends AbstractList<ByteString> {

        @Override
        public ByteString get(int index) {
            throw new OutOfMemoryError("for the test");
        }

        @Override
        public int size() {
            return 1;
        }
    }

    @Test
    void shouldKeepTheChangesWhenThereIsNoMemoryForTheListThatTakesTheirPlace() {
        String file = directory.resolve("store").toString();
        try (Store store = Store.open(file)) {
            ListLog log = store.list("l");
            for (int i = 0; i < CHANGES + 2; i++) {
                log.append(CHANGE, List.of(ByteString.EMPTY));
            }
            assertThatThrownBy(() -> log.append(CHANGE, new TooLarge()))
                    .isInstanceOf(OutOfMemoryError.class);
        }
        List<Request> found = new ArrayList<>();
        try (Store store = Store.open(file)) {
            store.list("l").load(found::add);
        }
        assertThat(found).hasSize(CHANGES + 2);
    }

    @Test
    void shouldKeepNothingOfATurnThatIsNotCommitted() {
        String file = directory.resolve("store").toString();
        ByteString large = ByteString.copyFrom(new byte[1 << 20]);
        Store store = Store.open(file);
        EntryLog log = store.entries(Kind.DICT, "d");
        for (int i = 0; i < 40; i++) {
            log.put(ByteString.copyFromUtf8("k" + i), large, 0);
        }
        store.closeWithoutCommit();
        List<ByteString> found = new ArrayList<>();
        try (Store again = Store.open(file)) {
            again.entries(Kind.DICT, "d").load((key, value, endsAt) -> found.add(key));
        }
        assertThat(found).isEmpty();
    }
}
