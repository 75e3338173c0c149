package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.TestProgram;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client whose heap is too small for one answer loses that answer and nothing else. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClientMemoryTest {

    private static final byte[] SECRET = {1, 2, 3};

    /** Reads a large value and small ones, by both ways of calling. */
    static final class SmallClient {
        private SmallClient() {}

        public static void main(String[] args) throws Exception {
            try (Manager manager = Manager.connect(Path.of(args[0]), SECRET)) {
                SharedDict<String, byte[]> dict = manager.dict("d");
                CompletableFuture<byte[]> before = dict.getAsync("small");
                CompletableFuture<byte[]> large = dict.getAsync("large");
                CompletableFuture<byte[]> after = dict.getAsync("small");
                System.out.println("before: " + before.get(20, TimeUnit.SECONDS).length);
                System.out.println("after: " + after.get(20, TimeUnit.SECONDS).length);
                try {
                    System.out.println("large: " + large.get(20, TimeUnit.SECONDS).length);
                } catch (ExecutionException e) {
                    System.out.println("large: failed");
                }
                try {
                    System.out.println("synchronous: " + dict.get("large").length);
                } catch (ManagerException e) {
                    System.out.println("synchronous: failed");
                }
                System.out.println("again: " + dict.get("small").length);
                System.out.println(
                        "last: " + dict.getAsync("small").get(20, TimeUnit.SECONDS).length);
            }
            System.out.println("end: reached");
        }
    }

    @Test
    void shouldFailOnlyTheCallWhoseAnswerIsLargerThanTheHeap(@TempDir Path directory)
            throws Exception {
        Path address = directory.resolve("m");
        try (Manager manager = Manager.builder().address(address, SECRET).embedded()) {
            SharedDict<String, byte[]> dict = manager.dict("d");
            dict.put("large", new byte[60 << 20]);
            dict.put("small", new byte[10]);
            try (TestProgram client =
                    TestProgram.start(
                            directory,
                            TestProgram.command(
                                    List.of("-Xmx40m"), SmallClient.class, address.toString()))) {
                assertThat(client.awaitLine("before: ")).isEqualTo("10");
                assertThat(client.awaitLine("after: ")).isEqualTo("10");
                assertThat(client.awaitLine("large: ")).isEqualTo("failed");
                assertThat(client.awaitLine("synchronous: ")).isEqualTo("failed");
                assertThat(client.awaitLine("again: ")).isEqualTo("10");
                assertThat(client.awaitLine("last: ")).isEqualTo("10");
                assertThat(client.awaitLine("end: ")).isEqualTo("reached");
            }
        }
    }

    /** Removes a large value; another call follows behind it in the server. */
    static final class TakesTooMuch {
        private TakesTooMuch() {}

        public static void main(String[] args) throws Exception {
            try (Manager manager = Manager.connect(Path.of(args[0]), SECRET)) {
                SharedDict<String, byte[]> dict = manager.dict("d");
                // These two are the first, so they go out together when there is a connection.
                CompletableFuture<byte[]> large = dict.removeAsync("large");
                CompletableFuture<byte[]> behind = dict.getAsync("small");
                System.out.println("behind: " + behind.get(20, TimeUnit.SECONDS).length);
                System.out.println("large failed: " + large.isCompletedExceptionally());
            }
        }
    }

    @Test
    void shouldAnswerACallBehindOneWhoseAnswerIsLargerThanTheHeap(@TempDir Path directory)
            throws Exception {
        Path address = directory.resolve("m");
        try (Manager manager = Manager.builder().address(address, SECRET).embedded()) {
            SharedDict<String, byte[]> dict = manager.dict("d");
            dict.put("large", new byte[60 << 20]);
            dict.put("small", new byte[10]);
            try (TestProgram client =
                    TestProgram.start(
                            directory,
                            TestProgram.command(
                                    List.of("-Xmx40m"), TakesTooMuch.class, address.toString()))) {
                assertThat(client.awaitLine("behind: ")).isEqualTo("10");
                assertThat(client.awaitLine("large failed: ")).isEqualTo("true");
            }
        }
    }

    /** Takes an element that is too large, by both ways of calling. */
    static final class TakesLargeElement {
        private TakesLargeElement() {}

        public static void main(String[] args) throws Exception {
            try (Manager manager = Manager.connect(Path.of(args[0]), SECRET)) {
                SharedQueue<byte[]> queue = manager.queue("q", 2);
                try {
                    System.out.println("taken: " + queue.take().length);
                } catch (ManagerException e) {
                    System.out.println("taken: failed");
                }
                System.out.println("size: " + queue.size());
                try {
                    System.out.println("asynchronous: " + queue.takeAsync().get().length);
                } catch (ExecutionException e) {
                    System.out.println("asynchronous: failed");
                }
                System.out.println("size at the end: " + queue.size());
            }
        }
    }

    @Test
    void shouldGiveAnElementBackThatIsLargerThanTheHeap(@TempDir Path directory) throws Exception {
        Path address = directory.resolve("m");
        try (Manager manager = Manager.builder().address(address, SECRET).embedded()) {
            SharedQueue<byte[]> queue = manager.queue("q", 2);
            queue.put(new byte[60 << 20]);
            try (TestProgram client =
                    TestProgram.start(
                            directory,
                            TestProgram.command(
                                    List.of("-Xmx40m"),
                                    TakesLargeElement.class,
                                    address.toString()))) {
                assertThat(client.awaitLine("taken: ")).isEqualTo("failed");
                assertThat(client.awaitLine("size: ")).isEqualTo("1");
                assertThat(client.awaitLine("asynchronous: ")).isEqualTo("failed");
                assertThat(client.awaitLine("size at the end: ")).isEqualTo("1");
                assertThat(client.awaitExit()).as(client.text()).isZero();
            }
            assertThat(queue.take()).hasSize(60 << 20);
        }
    }
}
