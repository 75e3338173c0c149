package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.Multiset;
import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.system.program.ComputingParent;
import dev.procession.system.tool.NextStart;
import dev.procession.testing.Await;
import dev.procession.testing.Census;
import dev.procession.testing.LeavesNothingBehind;
import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The watcher sees what it is there to see, and no longer sees it when it is gone. */
@SystemTest
@Timeout(60)
class LeavesNothingBehindTest {

    @TempDir Path temporary;

    private static void assertSees(String beginning, Census before) {
        Multiset<String> left = Census.take().since(before);
        assertThat(left).anyMatch(line -> line.startsWith(beginning));
    }

    /** A worker runs its first task before its sockets are there. */
    private static void awaitSocket(Census before) {
        Await.until(
                Duration.ofSeconds(10),
                () ->
                        Census.take().since(before).stream()
                                .anyMatch(line -> line.startsWith("descriptor socket")),
                () -> "a socket of the pool, left=" + Census.take().since(before));
    }

    @Test
    void shouldSeeThreadWhenItRuns() {
        Census before = Census.take();
        CountDownLatch end = new CountDownLatch(1);
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                end.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "left");
        thread.start();
        assertSees("thread left", before);
        end.countDown();
    }

    @Test
    void shouldSeeDescriptorWhenFileIsOpen() throws Exception {
        Path file = Files.createFile(temporary.resolve("open"));
        Census before = Census.take();
        try (InputStream in = Files.newInputStream(file)) {
            assertThat(in.read()).isNegative();
            assertSees("descriptor " + file, before);
        }
        LeavesNothingBehind.awaitNothingSince(before);
    }

    @Test
    void shouldSeeProcessesFilesAndSocketsWhenPoolIsOpen() throws Exception {
        Census before = Census.take();
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            assertThat(pool.submit(() -> 1).get()).isEqualTo(1);
            assertSees("process ", before);
            assertSees("file ", before);
            awaitSocket(before);
            assertSees("thread pool-", before);
        }
        LeavesNothingBehind.awaitNothingSince(before);
    }

    @Test
    void shouldSeeProcessWhenTestProgramRuns() throws Exception {
        Census before = Census.take();
        long pid;
        try (TestProgram program = TestProgram.start(ComputingParent.class, "NONE")) {
            pid = program.pid();
            program.awaitLine(ComputingParent.COMPUTING);
            assertSees("orphan ", before);
        }
        NextStart.assertSweepsUp(pid);
        LeavesNothingBehind.awaitNothingSince(before);
    }
}
