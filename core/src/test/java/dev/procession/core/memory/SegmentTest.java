package dev.procession.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentTest {

    @TempDir private Path directory;

    @Test
    void shouldShareWordsBetweenItsMappings() throws IOException {
        Path path = directory.resolve("segment");
        Segment made = Segment.create(path, SegmentKind.LANE, 8192);
        Segment opened = Segment.open(path, SegmentKind.LANE);
        Words.setRelease(made.memory(), Segment.BODY, 42);
        assertThat(Words.getAcquire(opened.memory(), Segment.BODY)).isEqualTo(42);
        assertThat(directory).isDirectoryContaining(file -> file.equals(path));
        assertThat(directory.toFile().list()).hasSize(1);
    }

    @Test
    void shouldNotReplaceANameThatIsTaken() throws IOException {
        Path path = directory.resolve("segment");
        Segment.create(path, SegmentKind.LANE, 8192);
        assertThatThrownBy(() -> Segment.create(path, SegmentKind.LANE, 8192))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("bytes=8192");
        assertThat(directory.toFile().list()).hasSize(1);
    }

    @Test
    void shouldRefuseWhatIsNotAWholeSegmentOfItsKind() throws IOException {
        Path path = directory.resolve("segment");
        Segment.create(path, SegmentKind.LANE, 8192);
        assertThatThrownBy(() -> Segment.open(path, SegmentKind.SESSION))
                .hasMessageContaining("kind");
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(4096);
        }
        assertThatThrownBy(() -> Segment.open(path, SegmentKind.LANE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("bytes=4096");
        Files.write(path, new byte[10]);
        assertThatThrownBy(() -> Segment.open(path, SegmentKind.LANE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not a segment");
        Files.write(path, new byte[8192]);
        assertThatThrownBy(() -> Segment.open(path, SegmentKind.LANE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected version");
    }

    @Test
    void shouldMapAlsoForAThreadThatIsInterrupted() throws IOException {
        Thread.currentThread().interrupt();
        try {
            Segment.create(directory.resolve("segment"), SegmentKind.LANE, 8192);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
