package dev.procession.core.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A release store is made when the program reaches it, even if the compiler could move it.
 *
 * <p>On x86 all stores become visible in program order, so only the compiler can move them. It
 * does: it replaces the plain stores of a loop by the last one, after the loop. The test runs in a
 * JVM whose flags make the compiler do this each time: without tiers, without background
 * compilation, and with a collector without loop strip mining.
 */
class WordsOrderTest {

    @Test
    void shouldMakeEachReleaseStoreOfALoopBeforeTheLoopHasEnded() throws Exception {
        Process loop =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:-TieredCompilation",
                                "-XX:-BackgroundCompilation",
                                "-XX:+UseSerialGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Loop.class.getName())
                        .inheritIO()
                        .start();
        try {
            assertThat(loop.waitFor(40, TimeUnit.SECONDS)).as("it has ended").isTrue();
        } finally {
            loop.destroyForcibly();
        }
        assertThat(loop.exitValue())
                .as("exit code, 1 if no store before the last was seen")
                .isZero();
    }

    /** One thread stores the same numbers again and again, and another one reads them. */
    static final class Loop {
        private static final int STORES = 1_000_000;
        private static final int WARM_ROUNDS = 50;
        private static final long LOOK_NANOS = 2_000_000_000;
        private static final ByteBuffer MEMORY =
                ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());

        private static volatile int rounds;

        public static void main(String[] arguments) {
            Thread writer = new Thread(Loop::writeForEver, "writer");
            writer.setDaemon(true);
            writer.start();
            while (rounds < WARM_ROUNDS) {
                Thread.onSpinWait();
            }
            System.exit(seesAStoreBeforeTheLast() ? 0 : 1);
        }

        private static boolean seesAStoreBeforeTheLast() {
            long end = System.nanoTime() + LOOK_NANOS;
            while (System.nanoTime() < end) {
                long seen = Words.getAcquire(MEMORY, 0);
                if (seen > 0 && seen < STORES) {
                    return true;
                }
            }
            return false;
        }

        private static void writeForEver() {
            for (int round = 1; ; round++) {
                write();
                rounds = round;
            }
        }

        private static void write() {
            for (int number = 1; number <= STORES; number++) {
                Words.setRelease(MEMORY, 0, number);
            }
        }
    }
}
