package dev.procession.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A segment on a full file system: a small one that the test mounts, if this user may mount. */
class FullSegmentTest {

    @TempDir private Path directory;
    private boolean mounted;

    @BeforeEach
    void mount() throws InterruptedException {
        mounted = run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", directory.toString());
        Assumptions.assumeTrue(mounted, "this user may not mount a file system");
    }

    @AfterEach
    void unmount() throws InterruptedException {
        if (mounted) {
            // Lazily, because a mapping stays until it is collected.
            assertThat(run("umount", "-l", directory.toString())).isTrue();
        }
    }

    private static boolean run(String... command) throws InterruptedException {
        Process process;
        try {
            process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
        } catch (IOException e) {
            return false; // the program is not installed
        }
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    @Test
    void shouldFailWithoutLeavingAnything() throws IOException {
        Path path = directory.resolve("segment");
        assertThatThrownBy(() -> Segment.create(path, SegmentKind.LANE, 2 << 20))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("bytes=2097152")
                .hasMessageContaining("free=");
        assertThat(directory.toFile().list()).isEmpty();
        Segment.create(path, SegmentKind.LANE, 512 << 10); // the room is there again
        assertThatThrownBy(
                        () ->
                                Segment.create(
                                        directory.resolve("another"), SegmentKind.LANE, 600 << 10))
                .isInstanceOf(IOException.class);
        assertThat(directory.toFile().list()).containsExactly("segment");
    }
}
