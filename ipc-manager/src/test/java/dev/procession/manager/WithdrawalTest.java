package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.manager.proxy.RemoteManager;
import dev.procession.testing.Await;
import dev.procession.testing.Signal;
import dev.procession.testing.TestProgram;
import dev.procession.testing.ThreadShortage;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A call that was given up is withdrawn, even if its process has no descriptors or threads for that
 * at first.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WithdrawalTest {

    /** More threads than two JVMs need. */
    private static final int THREADS = 160;

    private static final byte[] SECRET = {1, 2, 3};
    private static final Duration LIMIT = Duration.ofMillis(200);
    private static final Duration LATER = Duration.ofSeconds(20);
    private static final String CONNECTION = "procession-manager-connection";

    @TempDir private Path directory;

    /** Takes descriptors and locks at each command. */
    static final class FewDescriptors {

        private static final List<FileInputStream> TAKEN = new ArrayList<>();
        private static volatile boolean taking;

        private FewDescriptors() {}

        public static void main(String[] args) throws Exception {
            Class<?> unused = Class.forName(ManagerUnavailableException.class.getName());
            try (Manager manager = Manager.connect(Path.of(args[0]), SECRET)) {
                SharedLock lock = manager.lock("l");
                System.out.println("ready: " + !lock.isLocked());
                Thread taker = new Thread(FewDescriptors::take);
                for (int command = System.in.read(); command != 'e'; command = System.in.read()) {
                    switch (command) {
                        case 't' -> System.out.println("locked: " + lock.tryLock(LIMIT));
                        case 'c' -> ((RemoteManager) manager).client().cutConnections();
                        case 'd' -> {
                            boolean connected = !lock.isLocked(); // opens a connection
                            taking = true;
                            taker.start();
                            Thread.sleep(100); // else the test is weaker
                            System.out.println("descriptors: none, " + connected);
                        }
                        case 'g' -> {
                            awaitFailedConnection();
                            taking = false;
                            taker.join();
                            for (FileInputStream each : TAKEN) {
                                each.close();
                            }
                            System.out.println("descriptors: some");
                        }
                        default -> {}
                    }
                }
            }
        }

        /** Also takes those that other threads give back meanwhile. */
        private static void take() {
            while (taking) {
                try {
                    TAKEN.add(new FileInputStream("/dev/null"));
                } catch (FileNotFoundException e) {
                    Thread.onSpinWait();
                }
            }
        }

        /** Waits until a connection was tried once and has failed. */
        private static void awaitFailedConnection() throws InterruptedException {
            while (Thread.getAllStackTraces().keySet().stream()
                    .anyMatch(
                            thread ->
                                    thread.getName().equals(CONNECTION)
                                            && thread.getState() != Thread.State.TIMED_WAITING)) {
                Thread.sleep(1);
            }
        }
    }

    @Test
    void shouldWithdrawWhenThereAreDescriptorsAgain() throws Exception {
        Path address = directory.resolve("m");
        List<String> command =
                new ArrayList<>(List.of("sh", "-c", "ulimit -n 200; exec \"$@\"", "sh"));
        command.addAll(TestProgram.command(List.of(), FewDescriptors.class, address.toString()));
        try (Manager manager = Manager.builder().address(address, SECRET).start();
                TestProgram client = TestProgram.start(directory, command)) {
            SharedLock lock = manager.lock("l");
            long server = manager.stats().pid();
            assertThat(client.awaitLine("ready: ")).isEqualTo("true");
            giveUp(client, server); // once with descriptors, so that all classes are loaded
            Signal.CONT.sendTo(server);
            Await.until(() -> isFree(lock), "the lock of the call that was given up is free");

            client.write('d');
            assertThat(client.awaitLine("descriptors: ")).isEqualTo("none, true");
            giveUp(client, server);
            client.write('c');
            client.write('g');
            assertThat(client.awaitLine("descriptors: ")).isEqualTo("some");
            Signal.CONT.sendTo(server);
            assertThat(lock.tryLock(LATER)).as(client.text()).isTrue();
            lock.unlock();
            client.write('e');
            assertThat(client.awaitExit()).as(client.text()).isZero();
        }
    }

    private static void giveUp(TestProgram client, long server) throws Exception {
        Signal.STOP.sendTo(server);
        client.write('t');
        assertThat(client.awaitLine("locked: ")).isEqualTo("false");
    }

    private static boolean isFree(SharedLock lock) {
        if (!lock.tryLock()) {
            return false;
        }
        lock.unlock();
        return true;
    }

    /** Gives a call up while it can start no thread. */
    static final class WithoutThreads {

        private WithoutThreads() {}

        public static void main(String[] args) throws Exception {
            try (Manager manager = Manager.start()) {
                SharedLock lock = manager.lock("l");
                System.out.println("server: " + manager.stats().pid());
                awaitCommand();
                CountDownLatch over = new CountDownLatch(1);
                List<Thread> taken = ThreadShortage.take(over);
                System.out.println("locked: " + isLockedByTrying(lock));
                ThreadShortage.giveBack(over, taken);
                awaitCommand();
                Await.until(() -> !lock.isLocked(), "the lock is free");
                System.out.println("free: true");
            }
        }

        private static void awaitCommand() throws IOException {
            int unused = System.in.read();
        }

        /** No thread can end the call at its limit either. */
        private static boolean isLockedByTrying(SharedLock lock) throws InterruptedException {
            try {
                return lock.tryLock(LIMIT);
            } catch (OutOfMemoryError e) {
                return false;
            }
        }
    }

    @Test
    void shouldWithdrawWhenThereAreThreadsAgain() throws Exception {
        List<String> command = ThreadShortage.command(directory, THREADS, WithoutThreads.class);
        try (TestProgram client = TestProgram.start(directory, command)) {
            long server = Long.parseLong(client.awaitLine("server: "));
            Signal.STOP.sendTo(server);
            client.write('\n');
            assertThat(client.awaitLine("locked: ")).isEqualTo("false");
            Signal.CONT.sendTo(server);
            client.write('\n');
            assertThat(client.awaitLine("free: ")).isEqualTo("true");
            assertThat(client.awaitExit()).as(client.text()).isZero();
        }
    }
}
