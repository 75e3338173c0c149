package dev.procession.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A listener has no descriptor left for a connection. */
@SystemTest
@Timeout(60)
class DescriptorShortageTest {

    @TempDir Path working;

    /** Listens, and runs out of descriptors while a connection waits. */
    static final class Program {

        private static final byte[] SECRET = {1, 2, 3};
        private static final AtomicInteger LINES = new AtomicInteger();

        private Program() {}

        public static void main(String[] args) throws Exception {
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            Path address = Path.of(args[0]);
            try (Listener<String> listener = Listener.bind(address, SECRET)) {
                talk(address, listener);
                count();
                SocketChannel stranger = SocketChannel.open(StandardProtocolFamily.UNIX);
                List<FileInputStream> all = takeAll();
                stranger.connect(UnixDomainSocketAddress.of(address));
                long busy = busyMillisInASecond(threads, all);
                int lines = LINES.get();
                for (FileInputStream each : all) {
                    each.close();
                }
                stranger.close();
                System.out.println("busy: " + busy);
                System.out.println("lines: " + lines);
                System.out.println("afterwards: " + talk(address, listener));
            }
        }

        private static String talk(Path address, Listener<String> listener)
                throws InterruptedException {
            try (Connection<String> theirs = Listener.connect(address, SECRET);
                    Connection<String> ours = listener.accept()) {
                theirs.send("talk");
                return ours.receive();
            }
        }

        private static void count() {
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
            System.getLogger("first").log(System.Logger.Level.WARNING, "loads the logging");
            LINES.set(0);
        }

        private static List<FileInputStream> takeAll() throws IOException {
            List<FileInputStream> all = new ArrayList<>();
            try {
                while (true) {
                    all.add(new FileInputStream("/dev/null"));
                }
            } catch (FileNotFoundException e) {
                return all;
            }
        }

        private static long busyMillisInASecond(ThreadMXBean threads, List<FileInputStream> all)
                throws IOException, InterruptedException {
            long id =
                    Thread.getAllStackTraces().keySet().stream()
                            .filter(thread -> thread.getName().equals("procession-listener"))
                            .findFirst()
                            .orElseThrow()
                            .getId();
            long before = threads.getThreadCpuTime(id);
            for (int i = 0; i < 500; i++) {
                all.addAll(takeAll()); // and what others give back meanwhile
                Thread.sleep(2);
            }
            return (threads.getThreadCpuTime(id) - before) / 1_000_000;
        }
    }

    /** Listens when there is a descriptor for the lock of the address, and none for its socket. */
    static final class Binder {

        private Binder() {}

        public static void main(String[] args) throws Exception {
            Path address = Path.of(args[0]);
            Listener.bind(Path.of(args[0] + "-before"), Program.SECRET).close(); // loads classes
            List<FileInputStream> all = Program.takeAll();
            all.remove(0).close();
            try {
                Listener.bind(address, Program.SECRET).close();
                System.out.println("short: bound");
            } catch (UncheckedIOException e) {
                for (FileInputStream each : all) {
                    each.close();
                }
                System.out.println("short: " + e.getCause().getMessage());
            }
            try (Listener<String> listener = Listener.bind(address, Program.SECRET)) {
                System.out.println("afterwards: " + Program.talk(address, listener));
            }
        }
    }

    @Test
    void shouldBindAnAddressForWhichThereWasNoDescriptorBefore() throws Exception {
        try (TestProgram program = start(Binder.class)) {
            assertThat(program.awaitLine("short: ")).contains("Too many open files");
            assertThat(program.awaitLine("afterwards: ")).isEqualTo("talk");
            assertThat(program.awaitExit()).as(program.text()).isZero();
        }
    }

    private TestProgram start(Class<?> main) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("sh", "-c", "ulimit -n 200; exec \"$@\"", "sh"));
        command.addAll(
                TestProgram.command(List.of(), main, working.resolve("listener").toString()));
        return TestProgram.start(working, command);
    }

    @Test
    void shouldRestAndServeAfterwards() throws Exception {
        try (TestProgram program = start(Program.class)) {
            assertThat(Long.parseLong(program.awaitLine("busy: "))).isLessThan(300);
            assertThat(Integer.parseInt(program.awaitLine("lines: "))).isBetween(1, 3);
            assertThat(program.awaitLine("afterwards: ")).isEqualTo("talk");
            assertThat(program.awaitExit()).as(program.text()).isZero();
        }
    }
}
