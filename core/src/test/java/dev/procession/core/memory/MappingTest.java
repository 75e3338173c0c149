package dev.procession.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappingTest {

    @TempDir private Path directory;

    private Path file(int... bytes) throws IOException {
        byte[] content = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            content[i] = (byte) bytes[i];
        }
        return Files.write(directory.resolve("file"), content);
    }

    @Test
    void shouldWriteThroughToTheFile() throws IOException {
        Path file = file(1, 2, 3, 4);
        ByteBuffer memory = Mapping.map(file, FileChannel.MapMode.READ_WRITE, 3);
        assertThat(memory.capacity()).isEqualTo(3);
        memory.put(1, (byte) 9);
        assertThat(Files.readAllBytes(file)).containsExactly(1, 9, 3, 4);
    }

    @Test
    void shouldOnlyReadWhatIsMappedForReading() throws IOException {
        ByteBuffer memory = Mapping.map(file(1, 2), FileChannel.MapMode.READ_ONLY, 2);
        assertThat(memory.isReadOnly()).isTrue();
        assertThat(memory.getShort(0)).isEqualTo((short) 0x0102);
    }

    @Test
    void shouldMapNothingOfAnEmptyFile() throws IOException {
        assertThat(Mapping.map(file(), FileChannel.MapMode.READ_ONLY, 0).hasRemaining()).isFalse();
    }

    @Test
    void shouldMapInAnInterruptedThreadAndLeaveItInterrupted() throws IOException {
        Path file = file(7);
        Thread.currentThread().interrupt();
        ByteBuffer memory = Mapping.map(file, FileChannel.MapMode.READ_ONLY, 1);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(memory.get(0)).isEqualTo((byte) 7);
    }

    @Test
    void shouldRefuseMoreThanABufferHolds() throws IOException {
        Path file = file(1);
        assertThatThrownBy(() -> Mapping.map(file, FileChannel.MapMode.READ_ONLY, 1L << 31))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () ->
                                Mapping.map(
                                        directory.resolve("none"),
                                        FileChannel.MapMode.READ_WRITE,
                                        1))
                .isInstanceOf(NoSuchFileException.class);
    }
}
