package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMultiset;
import com.google.common.collect.Multiset;
import com.google.common.collect.Multisets;
import dev.procession.core.ChildProcess;
import dev.procession.core.ProcessOutput;
import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.testing.Await;
import dev.procession.testing.Scale;
import dev.procession.testing.SystemTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Resources that are opened many times are closed as often; the watcher compares before and after.
 */
@SystemTest
class ResourceGrowthTest {

    private static final Duration COLLECTION = Duration.ofSeconds(30);

    @Test
    @Timeout(600)
    void shouldNotGrowWhenPoolsComeAndGo() throws Exception {
        Multiset<String> before = mappings();
        for (int round = 0; round < Scale.times(50, 1000); round++) {
            try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
                int captured = round;
                assertThat(pool.submit(() -> captured).get()).isEqualTo(round);
            }
        }
        assertMappingsGoBackTo(before);
    }

    @Test
    @Timeout(600)
    void shouldNotGrowWhenPoolsEndWhileTheirWorkersStart() {
        for (int round = 0; round < Scale.times(10, 200); round++) {
            try (ProcessPoolExecutor pool = new ProcessPoolExecutor(2)) {
                assertThat(pool.prestartAllWorkers()).isBetween(1, 2);
                pool.shutdownNow();
            }
        }
    }

    @Test
    @Timeout(600)
    void shouldNotGrowWhenChildrenComeAndGo() throws Exception {
        for (int round = 0; round < Scale.times(10, 500); round++) {
            int captured = round;
            ChildProcess<Integer> child =
                    ChildProcess.builder().output(ProcessOutput.discard()).start(() -> captured);
            assertThat(child.result()).isEqualTo(round);
            child.close();
        }
        assertThat(ChildProcess.activeChildren()).isEmpty();
    }

    /** A mapping lives until the collector finds its buffer unreachable. */
    private static void assertMappingsGoBackTo(Multiset<String> before) {
        Await.until(
                COLLECTION,
                () -> {
                    System.gc();
                    return Multisets.difference(mappings(), before).isEmpty();
                },
                () -> "more is mapped than before: " + Multisets.difference(mappings(), before));
    }

    /** The mappings by their paths: an earlier mapping that goes away must not offset a new one. */
    private static Multiset<String> mappings() {
        String session = "/" + ProcessHandle.current().pid() + "-";
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.filter(line -> line.contains(session))
                    .map(line -> line.substring(line.indexOf('/')))
                    .collect(ImmutableMultiset.toImmutableMultiset());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
