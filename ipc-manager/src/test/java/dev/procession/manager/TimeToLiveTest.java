package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Entries with a time to live, before and after their time. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TimeToLiveTest {

    private static final int BYTES = 100_000;

    @Test
    void shouldKeepNothingOfEntriesThatWereRemovedBeforeTheirTime() {
        try (Manager manager = Manager.builder().jvmArgs("-Xmx64m").start()) {
            SharedDict<String, byte[]> dict = manager.dict("d");
            for (int i = 0; i < 2000; i++) {
                assertThat(dict.put("k", new byte[BYTES], Duration.ofHours(1))).isNull();
                assertThat(dict.remove("k")).hasSize(BYTES);
            }
        }
    }

    @Test
    void shouldKeepNoOldTimesOfEntriesThatWereRefreshed() {
        try (Manager manager = Manager.builder().jvmArgs("-Xmx24m").start()) {
            SharedDict<String, Integer> dict = manager.dict("d");
            SharedDict<Integer, Integer> seen = manager.dict("seen");
            CompletableFuture<?> last = CompletableFuture.completedFuture(null);
            for (int i = 0; i < 150_000; i++) {
                dict.put("k", i, Duration.ofHours(1));
                if (i % 50_000 == 0) {
                    last = seen.putAsync(i, i);
                }
            }
            last.join();
            assertThat(dict.get("k")).isEqualTo(149_999);
        }
    }

    @Test
    void shouldEndARefreshedEntryAtItsLastTime() {
        try (Manager manager = Manager.builder().embedded()) {
            SharedDict<String, Integer> dict = manager.dict("d");
            dict.put("k", 1, Duration.ofMillis(50));
            dict.put("k", 2, Duration.ofHours(1));
            dict.put("l", 1, Duration.ofHours(1));
            dict.put("l", 2, Duration.ofMillis(50));
            Await.until(() -> dict.size() == 1, "one entry has expired");
            assertThat(dict).containsOnlyKeys("k");
        }
    }

    @Test
    void shouldNotShowExpiredEntriesAfterARestart(@TempDir Path directory) {
        ManagerBuilder builder =
                Manager.builder()
                        .address(directory.resolve("m"), new byte[] {1})
                        .persistTo(directory.resolve("store"));
        try (Manager manager = builder.embedded()) {
            manager.<String, Integer>dict("d").put("k", 1, Duration.ofMillis(1));
            manager.<String, Integer>dict("d").put("l", 1);
        }
        long end = System.currentTimeMillis() + 5;
        Await.until(() -> System.currentTimeMillis() > end, "the entry has expired");
        try (Manager manager = builder.embedded()) {
            SharedDict<String, Integer> dict = manager.dict("d");
            assertThat(dict.size()).isEqualTo(1);
            assertThat(new HashMap<>(dict)).containsOnlyKeys("l");
        }
    }
}
