package dev.procession.manager.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;

class RecordWriterTest {

    private static final int BUFFER_BYTES = 1 << 16;

    /** The COMMIT finds no room in the buffer, so what is before it is written first. */
    @Test
    void shouldFailByAnIoExceptionWhereverTheDiskIsFull() throws Exception {
        for (int lack = 0; lack <= StoreFormat.COMMIT_BYTES; lack++) {
            try (FileChannel full =
                    FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE)) {
                RecordWriter writer = new RecordWriter(full, 1, StoreFormat.HEADER_BYTES);
                int valueBytes = BUFFER_BYTES - lack - (int) StoreFormat.putBytes(0, 0);
                ByteString value = ByteString.copyFrom(new byte[valueBytes]);
                writer.put(1, ByteString.EMPTY, value, 0);
                assertThatThrownBy(() -> writer.commit(false))
                        .as("room for the COMMIT: %d", lack)
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("No space left");
                assertThat(writer.committed()).isEqualTo(StoreFormat.HEADER_BYTES);
                assertThatThrownBy(() -> writer.commit(false))
                        .hasMessageContaining("failed before");
            }
        }
    }
}
