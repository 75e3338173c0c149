package dev.procession.pool.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.DescriptorShortage;
import dev.procession.testing.TestProgram;
import java.io.FileInputStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A dispatcher sleeps although no descriptor is available. */
@Timeout(60)
final class SleepWithoutDescriptorsTest {

    private static final long SLEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** Sleeps once with descriptors, so that the classes are loaded, and once without. */
    static final class Program {

        private Program() {}

        public static void main(String[] args) throws Exception {
            sleep();
            List<FileInputStream> all = DescriptorShortage.takeAll();
            String how = "slept";
            try {
                sleep();
            } catch (Exception e) {
                how = e.toString();
            }
            DescriptorShortage.release(all);
            System.out.println("without: " + how);
        }

        private static void sleep() throws Exception {
            LaneListener lanes = new LaneListener(Thread.currentThread(), new ArrayDeque<>());
            lanes.sleep(SLEEP_NANOS); // opens them
            lanes.sleep(SLEEP_NANOS);
            lanes.close();
        }
    }

    @Test
    void shouldSleep(@TempDir Path working) throws Exception {
        try (TestProgram program = DescriptorShortage.start(working, Program.class)) {
            assertThat(program.awaitLine("without: ")).isEqualTo("slept");
            assertThat(program.awaitExit()).as(program.text()).isZero();
        }
    }
}
