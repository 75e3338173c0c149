package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.procession.core.ChildProcess;
import dev.procession.core.WorkerCrashedException;
import dev.procession.system.program.Work;
import dev.procession.testing.Signal;
import dev.procession.testing.SystemTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A child process ends before it has given its result, in every way. */
@SystemTest
@Timeout(60)
class ChildCrashTest {

    private static final String LAST_WORDS = "these are my last words";

    @TempDir Path directory;

    private final CountDownLatch spoken = new CountDownLatch(1);
    private final List<ChildProcess<Void>> children = new ArrayList<>();

    @AfterEach
    void closeChildren() {
        children.forEach(ChildProcess::close);
    }

    private ChildProcess<Void> start(ChildProcess.Body body) {
        ChildProcess<Void> child =
                ChildProcess.builder()
                        .directory(directory)
                        .output((process, stream, line) -> hear(line))
                        .start(
                                () -> {
                                    System.out.println(LAST_WORDS);
                                    body.run();
                                });
        children.add(child);
        return child;
    }

    /** A JVM may print lines of its own. */
    private void hear(String line) {
        if (line.equals(LAST_WORDS)) {
            spoken.countDown();
        }
    }

    private static WorkerCrashedException crashOf(ChildProcess<?> child, int exitCode, int signal)
            throws InterruptedException {
        ExecutionException failure = catchThrowableOfType(ExecutionException.class, child::result);
        assertThat(failure).hasCauseInstanceOf(WorkerCrashedException.class);
        WorkerCrashedException crash = (WorkerCrashedException) failure.getCause();
        assertThat(crash.pid()).isEqualTo(child.pid());
        assertThat(crash.exitCode()).isEqualTo(exitCode);
        assertThat(crash.signal()).isEqualTo(signal);
        assertThat(crash.lastOutput()).contains(LAST_WORDS);
        assertThat(crash).hasMessageContaining("pid=" + child.pid());
        child.join();
        assertThat(child.exitCode()).hasValue(exitCode);
        return crash;
    }

    @Test
    void shouldTellTheSignalWhenTheChildIsKilled() throws Exception {
        ChildProcess<Void> child = start(Work::computeForEver);
        spoken.await();
        ProcessHandle.of(child.pid()).ifPresent(ProcessHandle::destroyForcibly);
        assertThat(crashOf(child, 137, 9).crashFile()).isEmpty();
    }

    @Test
    void shouldTellTheExitCodeWhenTheBodyExits() throws Exception {
        ChildProcess<Void> child = start(() -> System.exit(7));
        assertThat(crashOf(child, 7, 0).crashFile()).isEmpty();
    }

    @Test
    void shouldTellTheExitCodeWhenTheBodyHalts() throws Exception {
        ChildProcess<Void> child = start(() -> Runtime.getRuntime().halt(8));
        assertThat(crashOf(child, 8, 0).crashFile()).isEmpty();
    }

    @Test
    void shouldTellOfTheExitWhenTheBodyExitsAsIfAllWereWell() throws Exception {
        ChildProcess<Void> child = start(() -> System.exit(0));
        assertThat(crashOf(child, 0, 0).crashFile()).isEmpty();
    }

    @Test
    void shouldNameTheCrashFileWhenTheJvmCrashes() throws Exception {
        ChildProcess<Void> child =
                start(
                        () -> {
                            Signal.SEGV.sendTo(ProcessHandle.current().pid());
                            Work.computeForEver();
                        });
        Path file = crashOf(child, 134, 6).crashFile().orElseThrow();
        assertThat(file).exists().hasParent(directory.toAbsolutePath());
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).contains("SIGSEGV");
    }
}
