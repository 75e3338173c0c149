package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * File systems for shared memory that are full at every step: of a session, of a worker's start, of
 * a lane, of a large message.
 */
@SystemTest
@Timeout(60)
class FullMemoryTest {

    private static final String SHARED_MEMORY = "/dev/shm";

    @TempDir Path temporary;
    @TempDir Path working;

    @BeforeEach
    void needMounts() {
        assumeTrue(
                PrivateMounts.arePermitted(),
                "small file systems cannot be mounted: needs unshare(1) and the right to mount");
    }

    private RootProgram run(List<String> flags, Map<String, String> sizes) throws Exception {
        List<String> command = RootProgram.command(flags, SmallMemoryProgram.class);
        try (RootProgram program =
                RootProgram.start(working, PrivateMounts.around(sizes, command))) {
            assertThat(program.awaitExit()).as(program.text()).isZero();
            assertThat(program.lines())
                    .as(program.text())
                    .noneMatch(line -> line.contains(SmallMemoryProgram.OTHER_FAILURE))
                    .noneMatch(line -> line.contains("fatal error"))
                    .noneMatch(line -> line.startsWith(PrivateMounts.LEFT));
            try (Stream<Path> files = Files.list(working)) {
                assertThat(files).as("crash files").isEmpty();
            }
            return program;
        }
    }

    private static void assertAllWorked(RootProgram program) {
        assertThat(program.lines())
                .as(program.text())
                .noneMatch(line -> line.contains(SmallMemoryProgram.IO_FAILURE))
                .filteredOn(line -> line.endsWith(SmallMemoryProgram.WORKED))
                .hasSize(6);
    }

    private static long warnings(RootProgram program) {
        return program.lines().stream().filter(line -> line.startsWith("WARNING")).count();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"4k", "8k", "12k", "16k", "20k", "64k", "256k", "540k", "768k", "1m", "2m"})
    void shouldUseTheTemporaryDirectoryWhenSharedMemoryIsFull(String size) throws Exception {
        RootProgram program = run(List.of(), Map.of(SHARED_MEMORY, size));
        assertAllWorked(program);
        assertThat(warnings(program)).as(program.text()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"4k", "8k", "12k", "16k", "20k", "64k", "256k", "540k", "768k", "1m", "2m"})
    void shouldFailWithAnIoExceptionWhenTheTemporaryDirectoryIsFullAsWell(String size)
            throws Exception {
        RootProgram program =
                run(
                        List.of("-Djava.io.tmpdir=" + temporary),
                        Map.of(SHARED_MEMORY, size, temporary.toString(), size));
        assertThat(program.lines())
                .as(program.text())
                .anyMatch(line -> line.contains(SmallMemoryProgram.IO_FAILURE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"20k", "256k", "1m"})
    void shouldUseTheTemporaryDirectoryWhenTheConfiguredOneIsFull(String size) throws Exception {
        RootProgram program =
                run(
                        List.of("-Dprocession.directory=" + temporary),
                        Map.of(temporary.toString(), size));
        assertAllWorked(program);
        assertThat(warnings(program)).as(program.text()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"4k", "8k"})
    void shouldFailWithAnIoExceptionWhenTheConfiguredOneHoldsNothing(String size) throws Exception {
        RootProgram program =
                run(
                        List.of("-Dprocession.directory=" + temporary),
                        Map.of(temporary.toString(), size));
        assertThat(program.lines())
                .as(program.text())
                .anyMatch(line -> line.contains(SmallMemoryProgram.IO_FAILURE));
    }
}
