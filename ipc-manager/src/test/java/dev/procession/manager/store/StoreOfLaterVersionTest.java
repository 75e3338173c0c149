package dev.procession.manager.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.StoredListChange;
import dev.procession.manager.server.ManagerServer;
import dev.procession.manager.server.ServerTests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A store in which a later version has written what this one does not know is refused as a whole:
 * to pass over one change would make those behind it mean something else.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StoreOfLaterVersionTest {

    private static final ByteString VALUE = ByteString.copyFromUtf8("value");
    private static final byte UNKNOWN_TYPE = 77;
    private static final int UNKNOWN = 99;

    @TempDir private Path directory;
    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = directory.resolve("store");
        Store store = Store.open(file, false);
        store.begin(1);
        RestoredContent content = RestoredContent.of(store);
        ((StoredElements) content.list("l")).add(VALUE);
        ((StoredDict) content.entries(Kind.DICT, "d")).put("k", VALUE);
        assertThat(store.commit()).isTrue();
        store.closeWithoutCommit();
    }

    /** Appends a batch; returns where it begins. */
    private long append(Consumer<RecordWriter> records) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(Files.readAllBytes(file), 0, StoreFormat.HEADER_BYTES);
        long salt = header.getLong(Long.BYTES + Integer.BYTES);
        long end = Files.size(file);
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            RecordWriter writer = new RecordWriter(channel, salt, end);
            records.accept(writer);
            writer.commit(false);
        }
        return end;
    }

    private static ByteBuffer record(byte type, int... body) {
        ByteBuffer record =
                ByteBuffer.allocate(StoreFormat.PREFIX_BYTES + Integer.BYTES * body.length);
        record.putInt(1 + Integer.BYTES * body.length).put(type);
        for (int number : body) {
            record.putInt(number);
        }
        return record.flip();
    }

    /** The server refuses the file, and leaves in it what was there. */
    private void requireRefusal(long end, String which) throws IOException {
        byte[] before = Files.readAllBytes(file);
        assertThatThrownBy(() -> ManagerServer.start(ServerTests.options(directory, 0, file)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("unknown here")
                .hasMessageContaining("written by a later version")
                .hasMessageContaining("file=" + file.toRealPath())
                .hasMessageContaining(which);
        assertThat(Files.readAllBytes(file)).startsWith(before);
        assertThat(directory).isDirectoryNotContaining(kept -> kept.toString().contains(".cut"));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            assertThat(channel.truncate(end)).isNotNull();
        }
        RestoredContent content = RestoredContent.of(file);
        assertThat(content.elements("l")).containsExactly(VALUE);
        assertThat(content.dict("d")).hasSize(1);
    }

    @Test
    void shouldRefuseAnUnknownChangeOfAList() throws Exception {
        StoredListChange change = StoredListChange.newBuilder().setActionValue(UNKNOWN).build();
        long end = append(writer -> writer.list(1, change.toByteString()));
        requireRefusal(end, "change=" + UNKNOWN);
    }

    @Test
    void shouldRefuseAnUnknownTypeOfRecord() throws Exception {
        long end = append(writer -> writer.copy(record(UNKNOWN_TYPE, 1)));
        requireRefusal(end, "type=" + UNKNOWN_TYPE);
    }

    @Test
    void shouldRefuseAnObjectOfAnUnknownKind() throws Exception {
        long end = append(writer -> writer.copy(record(StoreFormat.OBJECT, 3, UNKNOWN)));
        requireRefusal(end, "kind=" + UNKNOWN);
    }
}
