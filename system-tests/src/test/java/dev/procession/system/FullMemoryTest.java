package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import dev.procession.system.program.SmallMemoryProgram;
import dev.procession.testing.BesideOthers;
import dev.procession.testing.PrivateMounts;
import dev.procession.testing.Scale;
import dev.procession.testing.SessionFiles;
import dev.procession.testing.TestProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Shared-memory file systems that become full at each step: when a session, a worker, a lane or a
 * large message needs room.
 */
@Timeout(180)
class FullMemoryTest {

    private static final String SHARED_MEMORY = "/dev/shm";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** The warning of a session that finds no room, or of one that finds too little. */
    private static final String FALLS_BACK =
            "WARNING: (.*the temporary directory takes its place|shared memory goes to .*)";

    @TempDir Path temporary;
    @TempDir Path working;

    @BeforeEach
    void needMounts() {
        PrivateMounts.assumePermitted();
    }

    private TestProgram run(List<String> flags, ImmutableMap<String, Integer> sizes)
            throws Exception {
        List<String> command = TestProgram.command(flags, SmallMemoryProgram.class);
        try (TestProgram program =
                TestProgram.start(working, PrivateMounts.around(sizes, command))) {
            long pid = Long.parseLong(program.awaitLine(SmallMemoryProgram.PID));
            assertThat(program.awaitExit(PATIENCE)).as(program.text()).isZero();
            assertThat(program.lines())
                    .as(program.text())
                    .noneMatch(line -> line.contains(SmallMemoryProgram.OTHER_FAILURE))
                    .noneMatch(line -> line.contains("fatal error"))
                    .noneMatch(line -> line.startsWith(PrivateMounts.LEFTOVER));
            assertThat(SessionFiles.directoriesOf(pid)).isEmpty();
            try (Stream<Path> files = Files.list(working)) {
                assertThat(files).as("crash files").isEmpty();
            }
            return program;
        }
    }

    private static void assertAllWorkedWithOneWarning(TestProgram program) {
        assertThat(program.lines())
                .as(program.text())
                .noneMatch(line -> line.contains(SmallMemoryProgram.IO_FAILURE))
                .satisfiesOnlyOnce(line -> assertThat(line).startsWith("WARNING"))
                .anyMatch(line -> line.matches(FALLS_BACK))
                .filteredOn(line -> line.endsWith(SmallMemoryProgram.WORKED))
                .hasSize(SmallMemoryProgram.STEPS);
    }

    private static void assertFailedWithIoException(TestProgram program) {
        assertThat(program.lines())
                .as(program.text())
                .anyMatch(line -> line.contains(SmallMemoryProgram.IO_FAILURE));
    }

    /** Sizes in KiB, between nothing and all that the program needs. */
    static List<Integer> sizes() {
        return Scale.times(0, 1) == 0
                ? List.of(4, 8, 16, 64, 540, 1024)
                : Stream.iterate(4, size -> size <= 1600, size -> size + (size < 64 ? 4 : 64))
                        .toList();
    }

    @ParameterizedTest
    @BesideOthers
    @MethodSource("sizes")
    void shouldUseTheTemporaryDirectoryWhenSharedMemoryIsFull(int size) throws Exception {
        assertAllWorkedWithOneWarning(run(List.of(), ImmutableMap.of(SHARED_MEMORY, size)));
    }

    @ParameterizedTest
    @BesideOthers
    @MethodSource("sizes")
    void shouldFailWithAnIoExceptionWhenTheTemporaryDirectoryIsFullAsWell(int size)
            throws Exception {
        List<String> flags = List.of("-Djava.io.tmpdir=" + temporary);
        assertFailedWithIoException(
                run(flags, ImmutableMap.of(SHARED_MEMORY, size, temporary.toString(), size)));
    }

    @ParameterizedTest
    @BesideOthers
    @ValueSource(ints = {64, 1024})
    void shouldUseTheTemporaryDirectoryWhenTheConfiguredOneIsFull(int size) throws Exception {
        List<String> flags = List.of("-Dprocession.directory=" + temporary);
        assertAllWorkedWithOneWarning(run(flags, ImmutableMap.of(temporary.toString(), size)));
    }

    @Test
    @BesideOthers
    void shouldFailWithAnIoExceptionWhenTheConfiguredDirectoryHasNoRoom() throws Exception {
        List<String> flags = List.of("-Dprocession.directory=" + temporary);
        assertFailedWithIoException(run(flags, ImmutableMap.of(temporary.toString(), 4)));
    }
}
