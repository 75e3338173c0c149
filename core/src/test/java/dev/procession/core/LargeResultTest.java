package dev.procession.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A child's result is larger than its parent's heap. */
@SystemTest
@Timeout(60)
class LargeResultTest {

    @TempDir Path working;

    /** A parent with a small heap. */
    static final class SmallParent {

        private static final int LARGE_BYTES = 100 << 20;

        private SmallParent() {}

        public static void main(String[] args) throws Exception {
            ChildProcess<byte[]> large =
                    ChildProcess.builder().jvmArgs("-Xmx512m").start(() -> new byte[LARGE_BYTES]);
            try {
                System.out.println("large: " + large.result().length);
            } catch (ExecutionException e) {
                System.out.println("large: " + e.getCause().getClass().getName());
            }
            ChildProcess<String> small = ChildProcess.start(() -> "x");
            System.out.println("small: " + small.result());
            small.join();
            large.join();
            System.out.println("joined: " + large.exitCode() + small.exitCode());
        }
    }

    @Test
    void shouldSettleWhenResultIsLargerThanTheHeap() throws Exception {
        try (TestProgram program =
                TestProgram.start(
                        working, TestProgram.command(List.of("-Xmx64m"), SmallParent.class))) {
            assertThat(program.awaitLine("large: ")).isEqualTo("java.lang.OutOfMemoryError");
            assertThat(program.awaitLine("small: ")).isEqualTo("x");
            assertThat(program.awaitLine("joined: ")).isEqualTo("OptionalInt[0]OptionalInt[0]");
            assertThat(program.awaitExit()).as(program.text()).isZero();
        }
    }
}
