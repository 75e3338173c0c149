package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.Signal;
import dev.procession.testing.TestProgram;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client that has no memory to write a call writes it later, when it has memory again. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClientWriteMemoryTest {

    private static final byte[] SECRET = {1, 2, 3};

    /** Has no memory when a thread that waits for one call has to write another. */
    static final class NoMemoryToWrite {

        private static final int LARGE_BYTES = 5 << 20;
        private static final int BLOCK_BYTES = 1 << 16;
        private static final int FREE_BLOCKS = 32;
        private static final List<byte[]> TAKEN = new ArrayList<>();

        private NoMemoryToWrite() {}

        public static void main(String[] args) throws Exception {
            long server = Long.parseLong(args[1]);
            try (Manager manager = Manager.connect(Path.of(args[0]), SECRET)) {
                SharedDict<String, byte[]> dict = manager.dict("d");
                System.out.println("first: " + (dict.putAsync("small", new byte[1]).get() == null));
                Thread.sleep(100); // until the client's thread sleeps; otherwise the test is weaker
                Signal.STOP.sendTo(server);
                CompletableFuture<byte[]> small = dict.getAsync("small");
                CompletableFuture<byte[]> large = dict.putAsync("large", new byte[LARGE_BYTES]);
                String waited = "long enough";
                takeMemory();
                try {
                    byte[] unused = small.get(100, TimeUnit.MILLISECONDS);
                    waited = "too short";
                } catch (TimeoutException | OutOfMemoryError e) {
                    TAKEN.clear();
                }
                Signal.CONT.sendTo(server);
                System.out.println("waited: " + waited);
                System.out.println("small: " + small.get(20, TimeUnit.SECONDS).length);
                System.out.println("large: " + (large.get(20, TimeUnit.SECONDS) == null));
                System.out.println("stored: " + dict.size());
            }
        }

        private static void takeMemory() {
            try {
                while (true) {
                    TAKEN.add(new byte[BLOCK_BYTES]);
                }
            } catch (OutOfMemoryError e) {
                TAKEN.subList(0, FREE_BLOCKS).clear();
            }
        }
    }

    @Test
    void shouldWriteACallLaterWhenThereWasNoMemoryForIt(@TempDir Path directory) throws Exception {
        Path address = directory.resolve("m");
        try (Manager manager = Manager.builder().address(address, SECRET).start();
                TestProgram client =
                        TestProgram.start(
                                directory,
                                TestProgram.command(
                                        List.of("-Xmx64m", "-XX:+UseSerialGC"),
                                        NoMemoryToWrite.class,
                                        address.toString(),
                                        Long.toString(manager.stats().pid())))) {
            assertThat(client.awaitLine("waited: ")).isEqualTo("long enough");
            assertThat(client.awaitLine("small: ")).isEqualTo("1");
            assertThat(client.awaitLine("large: ")).isEqualTo("true");
            assertThat(client.awaitLine("stored: ")).isEqualTo("2");
        }
    }
}
