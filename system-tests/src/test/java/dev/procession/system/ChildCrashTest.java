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

/**
 * Child processes that end before they return a result: by a signal, an exit, a halt or a crash.
 */
@SystemTest
@Timeout(60)
class ChildCrashTest {

    private static final String LAST_LINE = "the last line before the end";

    @TempDir Path directory;

    private final CountDownLatch printed = new CountDownLatch(1);
    private final List<ChildProcess<Void>> children = new ArrayList<>();

    @AfterEach
    void closeChildren() {
        children.forEach(ChildProcess::close);
    }

    private ChildProcess<Void> start(ChildProcess.Body body) {
        ChildProcess<Void> child =
                ChildProcess.builder()
                        .directory(directory)
                        .output((process, stream, line) -> onLine(line))
                        .start(
                                () -> {
                                    System.out.println(LAST_LINE);
                                    body.run();
                                });
        children.add(child);
        return child;
    }

    /** Ignores lines that the JVM itself prints. */
    private void onLine(String line) {
        if (line.equals(LAST_LINE)) {
            printed.countDown();
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
        assertThat(crash.lastOutput()).contains(LAST_LINE);
        assertThat(crash).hasMessageContaining("pid=" + child.pid());
        child.join();
        assertThat(child.exitCode()).hasValue(exitCode);
        return crash;
    }

    @Test
    void shouldReportTheSignalWhenTheChildIsKilled() throws Exception {
        ChildProcess<Void> child = start(Work::computeForEver);
        printed.await();
        ProcessHandle.of(child.pid()).ifPresent(ProcessHandle::destroyForcibly);
        assertThat(crashOf(child, 137, 9).crashFile()).isEmpty();
    }

    @Test
    void shouldReportTheExitCodeWhenTheBodyExits() throws Exception {
        ChildProcess<Void> child = start(() -> System.exit(7));
        assertThat(crashOf(child, 7, 0).crashFile()).isEmpty();
    }

    @Test
    void shouldReportTheExitCodeWhenTheBodyHalts() throws Exception {
        ChildProcess<Void> child = start(() -> Runtime.getRuntime().halt(8));
        assertThat(crashOf(child, 8, 0).crashFile()).isEmpty();
    }

    @Test
    void shouldReportTheExitWhenTheBodyExitsWithCodeZero() throws Exception {
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
