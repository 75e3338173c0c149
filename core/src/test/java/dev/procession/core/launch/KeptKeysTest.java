package dev.procession.core.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.ProcessOutput;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The cache of keys of start-up archives is bounded. */
@Timeout(60)
class KeptKeysTest {

    private static final int CHILDREN = 100;
    private static final int BOUND = 32;

    @TempDir Path directory;

    private static LaunchOptions options(@Nullable Path working, @Nullable String classPath) {
        return new LaunchOptions(
                "child",
                List.of(),
                false,
                Map.of(),
                Set.of(),
                working,
                ProgramPath.of(classPath, working),
                null,
                ProcessOutput.forward(),
                true);
    }

    @Test
    void shouldKeepOneKeyForAllWorkingDirectories() {
        StartupArchive.key(options(directory, null));
        int before = StartupArchive.keptKeys();
        for (int i = 0; i < CHILDREN; i++) {
            StartupArchive.key(options(directory.resolve("job-" + i), null));
        }
        assertThat(StartupArchive.keptKeys()).isEqualTo(before);
    }

    @Test
    void shouldKeepFewKeysOfManyClassPaths() {
        for (int i = 0; i < CHILDREN; i++) {
            StartupArchive.key(options(null, "/nowhere/" + i + ".jar"));
        }
        assertThat(StartupArchive.keptKeys()).isLessThanOrEqualTo(BOUND);
    }
}
