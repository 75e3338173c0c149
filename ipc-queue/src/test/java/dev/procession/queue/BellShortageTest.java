package dev.procession.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.life.Session;
import dev.procession.testing.Background;
import dev.procession.testing.DescriptorShortage;
import dev.procession.testing.TestProgram;
import java.io.FileInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that waits at a queue has no descriptor left for a connection that wakes it. */
@Timeout(60)
class BellShortageTest {

    @TempDir Path working;

    /** Waits, and runs out of descriptors while another connection is pending. */
    static final class Program {

        private Program() {}

        public static void main(String[] args) throws Exception {
            System.getLogger("first").log(System.Logger.Level.WARNING, "loads the logging");
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            try (ProcessQueue<String> queue = ProcessQueue.create(4)) {
                Background<String> first = Background.start(queue::take).awaitBlocked();
                queue.put("first"); // loads classes
                System.out.println("first: " + first.get());
                Background<String> taker = Background.start(queue::take).awaitBlocked();
                SocketChannel connection = SocketChannel.open(StandardProtocolFamily.UNIX);
                Path bell = bell();
                List<FileInputStream> all = DescriptorShortage.takeAll();
                connection.connect(UnixDomainSocketAddress.of(bell));
                long id = taker.thread().getId();
                long before = threads.getThreadCpuTime(id);
                Thread.sleep(1000);
                long busy = (threads.getThreadCpuTime(id) - before) / 1_000_000;
                queue.put("second");
                String second = taker.get();
                DescriptorShortage.release(all);
                connection.close();
                System.out.println("busy: " + busy);
                System.out.println("second: " + second);
                Background<String> last = Background.start(queue::take).awaitBlocked();
                queue.put("third");
                System.out.println("third: " + last.get());
            }
        }

        private static Path bell() throws IOException {
            try (DirectoryStream<Path> found =
                    Files.newDirectoryStream(Session.current().home(), "q*.b*")) {
                return found.iterator().next();
            }
        }
    }

    @Test
    void shouldRestAndTakeWhatIsPut() throws Exception {
        try (TestProgram program = DescriptorShortage.start(working, Program.class)) {
            assertThat(program.awaitLine("first: ")).isEqualTo("first");
            assertThat(Long.parseLong(program.awaitLine("busy: "))).isLessThan(300);
            assertThat(program.awaitLine("second: ")).isEqualTo("second");
            assertThat(program.awaitLine("third: ")).isEqualTo("third");
            assertThat(program.awaitExit()).as(program.text()).isZero();
        }
    }
}
