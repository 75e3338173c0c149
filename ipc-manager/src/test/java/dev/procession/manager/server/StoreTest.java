package dev.procession.manager.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.StoredListChange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {

    /** One change more than the store keeps for an empty list. */
    private static final int CHANGES = 1025;

    private static final StoredListChange CHANGE =
            StoredListChange.newBuilder().setAction(StoredListChange.Action.CLEAR).build();

    @TempDir private Path directory;

    /** A list with given elements. */
    private record Content(List<ByteString> copy) implements StoredList {

        @Override
        public void restore(StoredListChange change) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int size() {
            return copy.size();
        }

        @Override
        public long elementBytes() {
            return 0;
        }
    }

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
                log.append(CHANGE, new Content(List.of(ByteString.EMPTY)));
            }
            assertThatThrownBy(() -> log.append(CHANGE, new Content(new TooLarge())))
                    .isInstanceOf(OutOfMemoryError.class);
        }
        try (Store store = Store.open(file)) {
            assertThat(RestoredContent.of(store).changes("l")).hasSize(CHANGES + 2);
        }
    }

    @Test
    void shouldKeepNothingOfATurnThatIsNotCommitted() {
        String file = directory.resolve("store").toString();
        ByteString large = ByteString.copyFrom(new byte[1 << 20]);
        Store store = Store.open(file);
        EntryLog log = store.entries(Kind.DICT, "d");
        for (int i = 0; i < 40; i++) {
            log.put(ByteString.copyFromUtf8("k" + i), large, 0, null);
        }
        store.closeWithoutCommit();
        try (Store again = Store.open(file)) {
            assertThat(RestoredContent.of(again).dict("d")).isEmpty();
        }
    }

    /** A request to remove elements 1 and 2, as the store kept it when it kept requests. */
    private static byte[] oldRemoval() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeUInt64(1, 7); // the request's number
        out.writeUInt64(2, 6); // confirmed answers
        out.writeEnum(3, 43); // the operation
        out.writeEnum(4, Kind.LIST_VALUE);
        out.writeString(5, "l");
        out.writeUInt64(9, 1L << 40); // only a list of this version
        out.writeSInt64(10, 1);
        out.writeSInt64(13, 3);
        out.flush();
        return bytes.toByteArray();
    }

    @Test
    void shouldReadAChangeThatWasStoredAsARequest() throws IOException {
        StoredListChange change = StoredListChange.parseFrom(oldRemoval());

        assertThat(change.getAction()).isEqualTo(StoredListChange.Action.REMOVE);
        assertThat(change.getIndex()).isEqualTo(1);
        assertThat(change.getEnd()).isEqualTo(3);
    }
}
