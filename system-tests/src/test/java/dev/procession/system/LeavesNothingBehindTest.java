package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.Multiset;
import dev.procession.core.ChildProcess;
import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.system.program.ComputingParent;
import dev.procession.system.program.Work;
import dev.procession.system.tool.NextStart;
import dev.procession.testing.Await;
import dev.procession.testing.Census;
import dev.procession.testing.LeavesNothingBehind;
import dev.procession.testing.Signal;
import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The watcher reports each kind of leftover, and no longer reports it when it is gone. */
@SystemTest
@Timeout(180)
class LeavesNothingBehindTest {

    @TempDir Path temporary;

    private static void assertSees(String beginning, Census before) {
        Multiset<String> found = Census.take().since(before);
        assertThat(found).anyMatch(line -> line.startsWith(beginning));
    }

    /** A worker runs its first task before it opens its sockets. */
    private static void awaitSocket(Census before) {
        Await.until(
                Await.PATIENCE,
                () ->
                        Census.take().since(before).stream()
                                .anyMatch(line -> line.startsWith("descriptor socket")),
                () -> "a socket of the pool, found=" + Census.take().since(before));
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
                        "leftover");
        thread.start();
        assertSees("thread leftover", before);
        end.countDown();
    }

    @Test
    void shouldSeeDescriptorWhenFileIsOpen() throws Exception {
        Path file = Files.createFile(temporary.resolve("open")).toRealPath();
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
    void shouldSeeProcessWhenTestProgramRunsAndOrphanWhenItIsKilled() throws Exception {
        Census before = Census.take();
        long pid;
        try (TestProgram program = TestProgram.start(ComputingParent.class, "NONE")) {
            pid = program.pid();
            String worker = program.awaitLine(ComputingParent.COMPUTING);
            assertSees("process " + pid + "@", before);
            assertSees("process " + worker + "@", before);
            assertSees("session of a program ", before);
            // A stopped worker cannot end itself when its parent has died.
            Signal.STOP.sendTo(Long.parseLong(worker));
            try {
                program.kill();
                assertSees("orphan " + worker + "@", before);
            } finally {
                Signal.CONT.sendTo(Long.parseLong(worker));
            }
            assertSees("session of a program ", before);
        }
        NextStart.assertSweepsUp(pid);
        LeavesNothingBehind.awaitNothingSince(before);
    }

    @Test
    void shouldSeeCrashFile() throws Exception {
        Census before = Census.take();
        String marker = TestProgram.MARKER;
        Path here = Path.of("hs_err_pid0.log");
        Path elsewhere = Path.of("/tmp/hs_err_pid0-" + ProcessHandle.current().pid() + ".log");
        try {
            Files.createFile(here);
            Files.writeString(elsewhere, "of another process");
            assertThat(Census.take().since(before)).containsExactly("crash file " + here);
            Files.writeString(elsewhere, "java_command: " + marker);
            assertSees("crash file " + elsewhere, before);
        } finally {
            Files.deleteIfExists(here);
            Files.deleteIfExists(elsewhere);
        }
    }

    @Test
    void shouldSeeMappingWhenPoolIsOpen() throws Exception {
        Census before = Census.takeWithMappings();
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            assertThat(pool.submit(() -> 1).get()).isEqualTo(1);
            assertThat(Census.takeWithMappings().since(before))
                    .anyMatch(line -> line.startsWith("mapping /"));
        }
    }

    @Test
    void shouldSeeTemporaryFileButNotThoseOfTheJvm() throws Exception {
        Files.createFile(temporary.resolve("leftover"));
        Files.createFile(temporary.resolve("libnetty_transport_native_epoll_x86_64123.so"));
        Files.createDirectory(temporary.resolve("2026_01_31_23_59_58_1234"));
        Files.createDirectory(temporary.resolve("hsperfdata_user"));
        assertThat(Census.temporaryFiles(temporary)).containsExactly("leftover");
    }

    @Test
    void shouldNotSeeAnEarlierProcessThatHasWorkedSince() throws Exception {
        try (ChildProcess<Void> child = ChildProcess.start(Work::computeForEver)) {
            ProcessHandle process = ProcessHandle.of(child.pid()).orElseThrow();
            Duration early = usedBy(process);
            Await.until(
                    () -> usedBy(process).compareTo(early) > 0, "the process uses processor time");
            Census before = Census.take();
            Duration used = usedBy(process);
            Await.until(
                    () -> usedBy(process).compareTo(used) > 0,
                    "the process uses more processor time");
            assertThat(Census.take().since(before)).noneMatch(line -> line.startsWith("process "));
            child.kill();
        }
    }

    private static Duration usedBy(ProcessHandle process) {
        return process.info().totalCpuDuration().orElseThrow();
    }

    @Test
    void shouldSeeThreadOfAPoolOnlyWhenItWorks() throws Exception {
        Census before = Census.take();
        ForkJoinPool pool = new ForkJoinPool(1);
        try {
            CountDownLatch end = new CountDownLatch(1);
            Future<Boolean> blocked = pool.submit(() -> end.await(1, TimeUnit.MINUTES));
            Await.until(
                    () ->
                            Census.take().since(before).stream()
                                    .anyMatch(line -> line.startsWith("thread ForkJoinPool-")),
                    "the pool's thread is seen");
            end.countDown();
            assertThat(blocked.get()).isTrue();
            LeavesNothingBehind.awaitNothingSince(before);
        } finally {
            pool.shutdownNow();
        }
    }
}
