package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import dev.procession.system.program.FullQueueProgram;
import dev.procession.testing.PrivateMounts;
import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A queue whose elements go to spill files, when the memory for these files is full. */
@SystemTest
@Timeout(180)
class FullQueueTest {

    private static final String SHARED_MEMORY = "/dev/shm";
    private static final int NO_ROOM_FOR_A_QUEUE = 64;
    private static final int ROOM_FOR_SOME_ELEMENTS = 2_000;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir Path temporary;
    @TempDir Path working;

    @BeforeEach
    void needMounts() {
        PrivateMounts.assumePermitted();
    }

    private List<String> run(ImmutableMap<String, Integer> sizes) throws Exception {
        List<String> flags = List.of("-Djava.io.tmpdir=" + temporary);
        List<String> command = TestProgram.command(flags, FullQueueProgram.class);
        try (TestProgram program =
                TestProgram.start(working, PrivateMounts.around(sizes, command))) {
            assertThat(program.awaitExit(PATIENCE)).as(program.text()).isZero();
            assertThat(program.lines())
                    .as(program.text())
                    .noneMatch(line -> line.startsWith(PrivateMounts.LEFTOVER));
            // If the directory was a mount point, the check for LEFTOVER above covers the mounted
            // files.
            assertThat(temporary).isEmptyDirectory();
            return program.lines();
        }
    }

    @Test
    void shouldRefuseTheElementAndKeepTheOthers() throws Exception {
        List<String> lines =
                run(
                        ImmutableMap.of(
                                SHARED_MEMORY,
                                ROOM_FOR_SOME_ELEMENTS,
                                temporary.toString(),
                                ROOM_FOR_SOME_ELEMENTS));

        assertThat(lines)
                .anySatisfy(
                        line ->
                                assertThat(line)
                                        .startsWith(FullQueueProgram.REFUSED)
                                        .contains("no room for a large element: bytes=")
                                        .contains(temporary + "/")
                                        .contains("No space left on device"))
                .anySatisfy(line -> assertThat(line).startsWith(FullQueueProgram.WHOLE))
                .doesNotContain(FullQueueProgram.WHOLE + 1);
    }

    @Test
    void shouldUseTheTemporaryDirectoryForElementsThatDoNotFit() throws Exception {
        assertThat(run(ImmutableMap.of(SHARED_MEMORY, ROOM_FOR_SOME_ELEMENTS)))
                .contains(FullQueueProgram.WHOLE + (FullQueueProgram.MOST + 1))
                .noneMatch(line -> line.startsWith(FullQueueProgram.REFUSED));
    }

    @Test
    void shouldReportThatThereIsNoRoomForAQueue() throws Exception {
        assertThat(
                        run(
                                ImmutableMap.of(
                                        SHARED_MEMORY,
                                        NO_ROOM_FOR_A_QUEUE,
                                        temporary.toString(),
                                        NO_ROOM_FOR_A_QUEUE)))
                .last()
                .asString()
                .startsWith(FullQueueProgram.NOT_MADE)
                .contains("No space left on device");
    }
}
