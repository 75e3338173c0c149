package dev.procession.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.life.Session;
import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The thread that reads the links of all children survives what happens to it. */
@SystemTest
@Timeout(60)
class HubThreadTest {

    private static final long SECOND_MILLIS = 1000;

    @TempDir Path working;

    private static Thread hub() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("procession-hub"))
                .findFirst()
                .orElseThrow();
    }

    /** Counts the processor time of the hub's thread in a second. */
    private static long busyMillisInASecond(ThreadMXBean threads) throws InterruptedException {
        long before = threads.getThreadCpuTime(hub().getId());
        Thread.sleep(SECOND_MILLIS);
        return (threads.getThreadCpuTime(hub().getId()) - before) / 1_000_000;
    }

    private static String child() throws Exception {
        return ChildProcess.start(() -> "child").result();
    }

    /** Has its hub's thread interrupted, and logs with a handler that throws. */
    static final class RoughProgram {

        private RoughProgram() {}

        public static void main(String[] args) throws Exception {
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            child();
            hub().interrupt();
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
            try (SocketChannel stranger = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                stranger.write(java.nio.ByteBuffer.wrap(new byte[100]));
                System.out.println("after a logger that throws: " + child());
            }
        }
    }

    /** Runs out of descriptors while a connection waits. */
    static final class PoorProgram {

        private static final AtomicInteger LINES = new AtomicInteger();

        private PoorProgram() {}

        public static void main(String[] args) throws Exception {
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            child();
            busyMillisInASecond(threads);
            Logger.getLogger("")
                    .addHandler(
                            new Handler() {
                                @Override
                                public void publish(LogRecord line) {
                                    LINES.incrementAndGet();
                                }

                                @Override
                                public void flush() {}

                                @Override
                                public void close() {}
                            });
            System.getLogger("warm").log(System.Logger.Level.WARNING, "a line");
            LINES.set(0);
            Path socket = Session.current().socket(Session.current().self());
            SocketChannel stranger = SocketChannel.open(StandardProtocolFamily.UNIX);
            Deque<FileInputStream> all = takeAll();
            stranger.connect(UnixDomainSocketAddress.of(socket));
            long busy = busyMillisInASecond(threads);
            int lines = LINES.get();
            for (FileInputStream each : all) {
                each.close();
            }
            stranger.close();
            System.out.println("busy: " + busy);
            System.out.println("lines: " + lines);
            System.out.println("afterwards: " + child());
        }

        private static Deque<FileInputStream> takeAll() throws IOException {
            Deque<FileInputStream> all = new ArrayDeque<>();
            try {
                while (true) {
                    all.add(new FileInputStream("/dev/null"));
                }
            } catch (FileNotFoundException e) {
                return all;
            }
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
        List<String> command =
                new ArrayList<>(List.of("sh", "-c", "ulimit -n 200; exec \"$@\"", "sh"));
        command.addAll(TestProgram.command(List.of(), PoorProgram.class));
        try (TestProgram program = TestProgram.start(working, command)) {
            assertThat(Long.parseLong(program.awaitLine("busy: "))).isLessThan(300);
            assertThat(Integer.parseInt(program.awaitLine("lines: "))).isBetween(1, 3);
            assertThat(program.awaitLine("afterwards: ")).isEqualTo("child");
            assertThat(program.awaitExit()).as(program.text()).isZero();
        }
    }
}
