package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.procession.manager.DictListener;
import dev.procession.manager.Manager;
import dev.procession.manager.ManagerStats;
import dev.procession.manager.SharedDict;
import dev.procession.manager.SharedLock;
import dev.procession.manager.SharedQueue;
import dev.procession.manager.proto.Change;
import dev.procession.manager.proto.Event;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import dev.procession.system.tool.GreedyClient;
import dev.procession.system.tool.QuietLogging;
import dev.procession.system.tool.RawClient;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import dev.procession.testing.SystemTest;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that speak the protocol well and want all that they can get, beside a good client of a
 * server with a small heap.
 */
@SystemTest
@Timeout(240)
class ManagerBoundsTest {

    private static final byte[] SECRET = {2, 7, 1, 8};
    private static final int PARKED = 1 << 14;

    @TempDir private Path directory;
    private Path address;
    private Manager manager;
    private Good good;

    @BeforeEach
    void start() throws IOException {
        address = directory.resolve("m");
        manager =
                Manager.builder()
                        .address(address, SECRET)
                        .jvmArgs("-Xmx96m", QuietLogging.argument(directory))
                        .start();
        good = new Good(manager);
    }

    /** Each call of the good client ends within a second, and the server has not failed. */
    @AfterEach
    void stop() throws Exception {
        try (Manager closing = manager) {
            long longest = good.end();
            ManagerStats stats = closing.stats();
            assertThat(stats.pid()).isEqualTo(good.server);
            assertThat(stats.failures()).isZero();
            assertThat(longest).isLessThan(TimeUnit.SECONDS.toNanos(1));
        }
    }

    /** Uses objects of several kinds without a pause. */
    private static final class Good {
        private final Manager manager;
        private final long server;
        private final Background<Long> calls;
        private volatile boolean ended;
        private volatile int rounds;

        Good(Manager manager) {
            this.manager = manager;
            this.server = manager.stats().pid();
            this.calls = Background.start(this::call);
        }

        private long call() throws Exception {
            SharedDict<String, Integer> dict = manager.dict("good");
            SharedQueue<Integer> queue = manager.queue("good", 1);
            SharedLock lock = manager.lock("good");
            long longest = 0;
            for (int i = 0; !ended; i++) {
                long start = System.nanoTime();
                dict.put("k", i);
                longest = Math.max(longest, System.nanoTime() - start);
                start = System.nanoTime();
                assertThat(dict.get("k")).isEqualTo(i);
                assertThat(queue.offer(i)).isTrue();
                assertThat(queue.take()).isEqualTo(i);
                assertThat(lock.tryLock(5, TimeUnit.SECONDS)).isTrue();
                lock.unlock();
                longest = Math.max(longest, (System.nanoTime() - start) / 5);
                rounds = i;
            }
            return longest;
        }

        /** Waits until all calls were made so many times more. */
        void awaitRounds(int more) {
            int before = rounds;
            Await.until(
                    () -> rounds >= before + more || calls.isDone(), "the good client's rounds");
        }

        long end() throws Exception {
            ended = true;
            return calls.get(60, TimeUnit.SECONDS);
        }
    }

    private GreedyClient greedy(int number) throws IOException {
        return new GreedyClient(address, SECRET, new Random(number));
    }

    @Test
    void shouldRefuseRequestsThatWaitAboveTheBoundWithTheFigures() throws Exception {
        try (GreedyClient one = greedy(1);
                GreedyClient two = greedy(2)) {
            assertThat(refusals(one)).isGreaterThan(PARKED);
            assertThat(manager.stats().waitingRequests()).isGreaterThan(1000);
            assertThat(refusals(two)).isGreaterThan(PARKED);
        }
    }

    /** Has many requests wait; returns how many of them were refused. */
    private static int refusals(GreedyClient greedy) throws Exception {
        Background<Integer> answers =
                Background.start(
                        () -> {
                            int refused = 0;
                            Response answer = greedy.answer();
                            while (answer.getSeq() < 2 * PARKED + 1) {
                                if (answer.getStatus() == Status.FAILED) {
                                    refused++;
                                    assertThat(answer.getText())
                                            .contains("requests of this client wait: requests=")
                                            .contains("limit=" + PARKED)
                                            .contains("bytes of all clients=");
                                }
                                answer = greedy.answer();
                            }
                            return refused;
                        });
        for (int i = 0; i < PARKED; i++) {
            greedy.offer("full", 4000);
            greedy.poll("empty");
        }
        greedy.get("last");
        return answers.get(60, TimeUnit.SECONDS);
    }

    @Test
    void shouldKeepAnswersThatAreNotReadWithinTheBound() throws Exception {
        try (GreedyClient greedy = greedy(1)) {
            assertThat(greedy.put("large", 1 << 20).getStatus()).isEqualTo(Status.OK);
            Background<Integer> asking =
                    Background.start(
                            () -> {
                                for (int i = 0; i < 100_000; i++) {
                                    greedy.get("large");
                                }
                                return 0;
                            });
            for (int i = 0; i < 3; i++) {
                good.awaitRounds(1000);
            }
            assertThat(asking.isDone()).as("the server reads on").isFalse();
            greedy.raw().cut();
            assertThatThrownBy(asking::get).hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void shouldGiveElementsToAClientWhenItHasReadThoseBefore() throws Exception {
        try (GreedyClient greedy = greedy(1)) {
            for (int i = 0; i < 200; i++) {
                greedy.poll("elements");
            }
            Await.until(() -> manager.stats().waitingRequests() >= 200, "all wait");
            SharedQueue<byte[]> queue = manager.queue("elements", 1 << 20);
            int put = 0;
            while (put < 100 && queue.size() <= 10) {
                queue.put(new byte[1 << 20]);
                put++;
            }
            assertThat(queue.size()).isGreaterThan(10);
            assertThat(queue.take()).hasSize(1 << 20);
            for (int taken = 1; taken < put; ) {
                Response answer = greedy.answer();
                assertThat(answer.getStatus()).isEqualTo(Status.OK);
                taken += answer.getValue().isEmpty() ? 0 : 1;
                greedy.get("none"); // confirms it
            }
            assertThat(queue.size()).isZero();
        }
    }

    @Test
    void shouldKeepNoElementForAnOfferThatIsNotConfirmed() throws Exception {
        try (GreedyClient greedy = greedy(1)) {
            for (int i = 0; i < 20; i++) {
                greedy.offer("cleared", 11 << 20);
                assertThat(greedy.raw().answer().getStatus()).isEqualTo(Status.OK);
                greedy.clear("cleared");
                assertThat(greedy.raw().answer().getStatus()).isEqualTo(Status.OK);
            }
        }
    }

    @Test
    void shouldTellAClientThatItMissedEventsWhichItDidNotRead() throws Exception {
        try (GreedyClient greedy = greedy(1)) {
            greedy.watch("watched");
            SharedDict<Integer, byte[]> dict = manager.dict("watched");
            for (int i = 0; i < 500; i++) {
                dict.put(i % 10, new byte[200_000]);
            }
            int events = 0;
            while (Event.parseFrom(greedy.raw().read()).getChange() != Change.MISSED_ENTRIES) {
                events++;
            }
            assertThat(events).isBetween(1, 100);
            dict.put(1, new byte[1]);
            assertThat(Event.parseFrom(greedy.raw().read()).getValue().size()).isLessThan(100);
        }
    }

    @Test
    void shouldRefuseWatchesWithLargeKeysAndGoOn() throws Exception {
        ByteString key = ByteString.copyFrom(new byte[5 << 20]);
        int refused = 0;
        try (GreedyClient greedy = greedy(1)) {
            for (int i = 0; i < 40; i++) {
                Response answer = greedy.watch("d" + i % 3, i, key);
                refused += answer.getText().contains("the manager is full") ? 1 : 0;
            }
        }
        assertThat(refused).isGreaterThan(20);
    }

    /** Passes on the first value that is put. */
    private record Completing(CompletableFuture<Integer> seen)
            implements DictListener<String, Integer> {
        @Override
        public void put(String key, Integer value) {
            seen.complete(value);
        }
    }

    @Test
    void shouldLeaveWatchesOfADictToOthers() throws Exception {
        int refused = 0;
        try (GreedyClient greedy = greedy(1)) {
            for (int i = 0; i < 1100; i++) {
                Response answer = greedy.watch("d", i, ByteString.copyFromUtf8("k" + i));
                refused += answer.getStatus() == Status.OK ? 0 : 1;
            }
            SharedDict<String, Integer> dict = manager.dict("d");
            CompletableFuture<Integer> seen = new CompletableFuture<>();
            try (SharedDict.Watch watch = dict.watch(new Completing(seen))) {
                dict.put("k", 1);
                assertThat(seen.get(20, TimeUnit.SECONDS)).isEqualTo(1);
                assertThat(watch).isNotNull();
            }
        }
        assertThat(refused).isEqualTo(76);
    }

    /** The greedy one has used up what the server keeps of requests for all. */
    @Test
    void shouldAnswerOneThatAsksForMuchBesideOneThatReadsNothing() throws Exception {
        long unused = good.end(); // it has the connection on which much is asked for
        SharedDict<String, byte[]> dict = manager.dict("much");
        dict.put("k", new byte[200_000]);
        try (GreedyClient greedy = greedy(1)) {
            assertThat(greedy.put("large", 1 << 20).getStatus()).isEqualTo(Status.OK);
            for (int i = 0; i < 20; i++) {
                greedy.get("large");
            }
            Background<Integer> sending =
                    Background.start(
                            () -> {
                                for (int i = 0; i < 40; i++) {
                                    greedy.offer("q" + i, 1 << 20);
                                }
                                return 0;
                            });
            List<CompletableFuture<Integer>> sizes = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                sizes.add(dict.getAsync("k").thenApply(value -> value.length));
            }
            for (CompletableFuture<Integer> size : sizes) {
                assertThat(size.get(60, TimeUnit.SECONDS)).isEqualTo(200_000);
            }
            assertThat(sending.isDone()).isFalse();
        }
    }

    /** Decoded, one of these messages would take more than the heap. */
    @Test
    void shouldRefuseAMessageOfManySmallValues() throws Exception {
        try (GreedyClient greedy = greedy(1)) {
            for (int i = 0; i < 10; i++) {
                Response answer = greedy.addSmallValues("small");
                assertThat(answer.getStatus()).isEqualTo(Status.REFUSED);
                assertThat(answer.getText()).contains("too much memory").contains("limit=");
            }
            assertThat(greedy.put("d", 1).getStatus()).isEqualTo(Status.OK);
        }
        assertThat(manager.list("small")).isEmpty();
    }

    @Test
    void shouldBoundTheNamesOfObjects() throws Exception {
        int refused = 0;
        try (GreedyClient greedy = greedy(1)) {
            for (int i = 0; i < 100_000; i++) {
                Response answer = greedy.put("name" + i, 1);
                refused += answer.getStatus() == Status.FAILED ? 1 : 0;
                if (refused == 1) {
                    assertThat(answer.getText()).contains("too many objects").contains("limit=");
                    break;
                }
            }
            for (int i = 0; i < 1000; i++) {
                greedy.look("event" + i);
                Response unused = greedy.answer();
            }
        }
        assertThat(refused).isOne();
        SharedDict<String, Integer> another = manager.dict("another");
        another.put("k", 1);
        assertThat(another.get("k")).isEqualTo(1);
    }

    @Test
    void shouldServeClientsBesideManyUnfinishedHandshakes() throws Exception {
        List<SocketChannel> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 400; i++) {
                silent.add(
                        SocketChannel.open(UnixDomainSocketAddress.of(address.resolve("socket"))));
            }
            try (RawClient fresh = new RawClient(address, SECRET, new Random(3))) {
                fresh.performHandshake(0);
            }
        } finally {
            for (SocketChannel each : silent) {
                each.close();
            }
        }
    }

    /** They wait for elements, and say that they have had the answers which they never read. */
    @Test
    void shouldBoundAnswersThatAreConfirmedAndNotRead() throws Exception {
        List<GreedyClient> takers = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                GreedyClient taker = greedy(i);
                takers.add(taker);
                for (int j = 0; j < 50; j++) {
                    taker.poll("elements");
                }
            }
            Await.until(() -> manager.stats().waitingRequests() >= 400, "all wait");
            SharedQueue<byte[]> queue = manager.queue("elements", 1 << 20);
            for (int i = 0; i < 200 && queue.size() < 10; i++) {
                queue.put(new byte[1 << 20]);
                for (GreedyClient taker : takers) {
                    taker.confirm(1000);
                }
            }
            assertThat(queue.size()).isEqualTo(10);
            assertThatThrownBy(queue::take)
                    .hasMessageContaining("leave no room")
                    .hasMessageContaining("of all clients: bytes=");
            assertThat(queue.size()).isEqualTo(10);
        } finally {
            for (GreedyClient taker : takers) {
                taker.close();
            }
        }
    }

    /** They begin again whenever the server closes their connections. */
    @Test
    void shouldBoundLargeRequestsThatHaveBegun() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        List<Background<Integer>> beginners = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Random random = new Random(i);
            beginners.add(Background.start(() -> beginUntil(end, random)));
        }
        good.awaitRounds(500);
        try (GreedyClient large = greedy(100)) {
            for (int i = 0; i < 3; i++) {
                long start = System.nanoTime();
                large.put("large", large.raw().maxFrameBytes() - 1000);
                assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
            }
        }
        good.awaitRounds(500);
        end.countDown();
        int cut = 0;
        for (Background<Integer> each : beginners) {
            cut += each.get(60, TimeUnit.SECONDS);
        }
        assertThat(cut).isPositive();
    }

    /** Returns how often the server has closed the connection. */
    private int beginUntil(CountDownLatch end, Random random) throws Exception {
        int cut = 0;
        while (end.getCount() > 0) {
            try (GreedyClient greedy = new GreedyClient(address, SECRET, random)) {
                greedy.begin();
                while (!end.await(10, TimeUnit.MILLISECONDS)) {
                    greedy.raw().write(new byte[1]);
                }
            } catch (IOException e) {
                cut++;
            }
        }
        return cut;
    }
}
