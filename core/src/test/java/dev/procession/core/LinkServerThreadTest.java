package dev.procession.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.life.Session;
import dev.procession.testing.DescriptorShortage;
import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The thread that reads the links of all children survives every failure. */
@SystemTest
@Timeout(60)
class LinkServerThreadTest {

    private static final long SECOND_MILLIS = 1000;

    @TempDir Path working;

    private static Thread linkThread() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("procession-links"))
                .findFirst()
                .orElseThrow();
    }

    /** Counts the processor time of the link server's thread in a second. */
    private static long busyMillisInASecond(ThreadMXBean threads) throws InterruptedException {
        long before = threads.getThreadCpuTime(linkThread().getId());
        Thread.sleep(SECOND_MILLIS);
        return (threads.getThreadCpuTime(linkThread().getId()) - before) / 1_000_000;
    }

    private static String child() throws Exception {
        return ChildProcess.start(() -> "child").result();
    }

    /** Interrupts its link server's thread, and logs with a handler that throws. */
    static final class RoughProgram {

        private RoughProgram() {}

        public static void main(String[] args) throws Exception {
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            child();
            linkThread().interrupt();
            System.out.println("busy: " + busyMillisInASecond(threads));
            System.out.println("after an interrupt: " + child());
            Logger.getLogger("")
                    .addHandler(
                            new Handler() {
                                @Override
                                public void publish(LogRecord line) {
                                    throw new IllegalStateException("a logger that throws");
                                }

                                @Override
                                public void flush() {}

                                @Override
                                public void close() {}
                            });
            Path socket = Session.current().socket(Session.current().self());
            try (SocketChannel connection =
                    SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                connection.write(java.nio.ByteBuffer.wrap(new byte[100]));
                System.out.println("after a logger that throws: " + child());
            }
        }
    }

    /** Runs out of descriptors while a connection waits. */
    static final class PoorProgram {

        private PoorProgram() {}

        public static void main(String[] args) throws Exception {
            child();
            Path socket = Session.current().socket(Session.current().self());
            DescriptorShortage.run(socket, "procession-links", LinkServerThreadTest::child);
        }
    }

    @Test
    void shouldGoOnWhenInterruptedAndWhenTheLoggerThrows() throws Exception {
        try (TestProgram program = TestProgram.start(RoughProgram.class)) {
            assertThat(Long.parseLong(program.awaitLine("busy: "))).isLessThan(300);
            assertThat(program.awaitLine("after an interrupt: ")).isEqualTo("child");
            assertThat(program.awaitLine("after a logger that throws: ")).isEqualTo("child");
            assertThat(program.awaitExit()).as(program.text()).isZero();
        }
    }

    @Test
    void shouldRestWhenThereIsNoDescriptorForALink() throws Exception {
        try (TestProgram program = DescriptorShortage.start(working, PoorProgram.class)) {
            DescriptorShortage.requireRest(program, "child");
        }
    }
}
