package dev.procession.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Lets a program run out of descriptors while a connection waits at its socket. The test {@link
 * #start starts} it, the program's main method calls {@link #run}, and the test {@link #requireRest
 * checks} the output.
 */
public final class DescriptorShortage {

    private static final int MOST_DESCRIPTORS = 200;
    private static final int LOOKS = 500;
    private static final long LOOK_MILLIS = 2;
    private static final long MOST_BUSY_MILLIS = 300;

    private DescriptorShortage() {}

    /** Starts a main class with a low limit of descriptors. */
    public static TestProgram start(Path directory, Class<?> main, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.addAll(
                List.of("sh", "-c", "ulimit -n " + MOST_DESCRIPTORS + "; exec \"$@\"", "sh"));
        command.addAll(TestProgram.command(List.of(), main, arguments));
        return TestProgram.start(directory, command);
    }

    /**
     * Takes all descriptors for a second, in which a connection waits, and does some work
     * afterwards.
     *
     * @param socket the socket at which this program accepts connections
     * @param acceptor the name of the thread that accepts them
     * @param work some work that the program did before, so that its classes are loaded, and that
     *     must succeed afterwards
     */
    public static void run(Path socket, String acceptor, Callable<String> work) throws Exception {
        long thread = idOf(acceptor);
        AtomicInteger lines = countLines();
        SocketChannel waiting = SocketChannel.open(StandardProtocolFamily.UNIX);
        List<FileInputStream> all = new ArrayList<>();
        long unused = busyMillis(thread, all, 1); // loads the classes that it needs
        release(all);
        takeAll(all);
        waiting.connect(UnixDomainSocketAddress.of(socket));
        long busy = busyMillis(thread, all, LOOKS);
        int said = lines.get();
        release(all);
        waiting.close();
        System.out.println("busy: " + busy);
        System.out.println("lines: " + said);
        System.out.println("afterwards: " + work.call());
    }

    /** Fails unless the thread rested, logged little, and the work succeeded with this result. */
    public static void requireRest(TestProgram program, String result) throws InterruptedException {
        assertThat(Long.parseLong(program.awaitLine("busy: "))).isLessThan(MOST_BUSY_MILLIS);
        assertThat(Integer.parseInt(program.awaitLine("lines: "))).isBetween(1, 3);
        assertThat(program.awaitLine("afterwards: ")).isEqualTo(result);
        assertThat(program.awaitExit()).as(program.text()).isZero();
    }

    private static long idOf(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(name))
                .findFirst()
                .orElseThrow()
                .getId();
    }

    private static AtomicInteger countLines() {
        AtomicInteger lines = new AtomicInteger();
        Logger.getLogger("")
                .addHandler(
                        new Handler() {
                            @Override
                            public void publish(LogRecord line) {
                                lines.incrementAndGet();
                            }

                            @Override
                            public void flush() {}

                            @Override
                            public void close() {}
                        });
        System.getLogger("first").log(System.Logger.Level.WARNING, "loads the logging");
        lines.set(0);
        return lines;
    }

    /** Takes, in each round, the descriptors that other threads have released since. */
    private static long busyMillis(long thread, List<FileInputStream> all, int looks)
            throws IOException, InterruptedException {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long before = threads.getThreadCpuTime(thread);
        for (int i = 0; i < looks; i++) {
            takeAll(all);
            Thread.sleep(LOOK_MILLIS);
        }
        return (threads.getThreadCpuTime(thread) - before) / 1_000_000;
    }

    /** Takes all remaining descriptors. */
    public static List<FileInputStream> takeAll() throws IOException {
        List<FileInputStream> all = new ArrayList<>();
        takeAll(all);
        return all;
    }

    private static void takeAll(List<FileInputStream> all) throws IOException {
        try {
            while (true) {
                all.add(new FileInputStream("/dev/null"));
            }
        } catch (FileNotFoundException e) {
            // All descriptors are taken.
        }
    }

    /** Releases the descriptors. */
    public static void release(List<FileInputStream> all) throws IOException {
        for (FileInputStream each : all) {
            each.close();
        }
        all.clear();
    }
}
