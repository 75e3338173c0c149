package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.manager.Manager;
import dev.procession.manager.SharedDict;
import dev.procession.system.tool.HostileClient;
import dev.procession.system.tool.QuietLogging;
import dev.procession.testing.Scale;
import dev.procession.testing.SystemTest;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client that sends invalid bytes harms no other client. */
@SystemTest
@Timeout(1200)
class ManagerHandshakeTest {

    private static final byte[] SECRET = {2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5, 9, 0, 4, 5};
    private static final int LOOKS = 100;

    @Test
    void shouldServeOthersBesideAHostileClient(@TempDir Path directory, Random random)
            throws Exception {
        int inputs = Scale.times(20_000, 1_000_000);
        Path address = directory.resolve("m");
        try (Manager manager =
                        Manager.builder()
                                .address(address, SECRET)
                                .persistTo(directory.resolve("store"))
                                .jvmArgs("-Xmx128m", QuietLogging.argument(directory))
                                .start();
                HostileClient hostile = new HostileClient(address, SECRET, random)) {
            SharedDict<String, Integer> dict = manager.dict("good");
            dict.put("k", 0);
            long[] nanos = new long[inputs / LOOKS];
            long server = manager.stats().pid();
            for (int i = 0; i < inputs; i++) {
                hostile.attack();
                if (i % LOOKS == 0) {
                    long start = System.nanoTime();
                    assertThat(dict.put("k", i + 1)).isEqualTo(Math.max(0, i - LOOKS + 1));
                    nanos[i / LOOKS] = System.nanoTime() - start;
                }
            }
            Arrays.sort(nanos);
            System.out.printf(
                    "system-tests: %d hostile inputs; a good client's put took %d µs in the"
                            + " middle, %d µs at the 99th percentile%n",
                    inputs,
                    TimeUnit.NANOSECONDS.toMicros(nanos[nanos.length / 2]),
                    TimeUnit.NANOSECONDS.toMicros(nanos[nanos.length * 99 / 100]));
            assertThat(manager.stats().pid()).isEqualTo(server);
            assertThat(manager.stats().failures()).isZero();
            assertThat(manager.stats().operations())
                    .as("inputs that reached an operation")
                    .isGreaterThan(inputs / 20);
            assertThat(nanos[nanos.length * 99 / 100]).isLessThan(TimeUnit.SECONDS.toNanos(1));
        }
    }
}
