package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.pool.dispatch.FirstStart;
import dev.procession.testing.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The start of the first worker, beside the thread that makes the pool. */
final class FirstStartTest {

    @Test
    void shouldEndWorkerAndThreadWhenThePoolCannotBeMade() {
        FirstStart start = FirstStart.begin(TestPools.quiet(1).name("unmade").options());
        Await.until(
                Await.PATIENCE,
                () -> worker().isPresent(),
                () -> "the worker starts before there is a pool");
        assertThat(worker().filter(ProcessHandle::isAlive)).isPresent();
        start.endUnlessServing();
        Await.until(
                Await.PATIENCE,
                () -> worker().isEmpty() && !hasThread(),
                () -> "worker and thread end without a pool");
    }

    private static Optional<ProcessHandle> worker() {
        return ProcessHandle.current()
                .children()
                .filter(child -> commandLine(child).endsWith("\0unmade-0\0"))
                .findAny();
    }

    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(
                    Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // it has ended
        }
    }

    private static boolean hasThread() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("unmade-dispatcher"));
    }
}
