package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.ChildProcess;
import dev.procession.core.Codec;
import dev.procession.core.UnserializableException;
import dev.procession.core.WorkerCrashedException;
import dev.procession.pipe.Connection;
import dev.procession.pipe.Pipe;
import dev.procession.testing.Await;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Values that each worker gets once. */
@Timeout(120)
class SharedTest extends OwnPool {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int LARGE_BYTES = 100 << 20;

    SharedTest() {
        super(2);
    }

    /** Counts in each process how often it was decoded there. */
    private static final class Table implements Serializable {
        private static final long serialVersionUID = 1L;
        private static final AtomicInteger DECODED = new AtomicInteger();

        private final Map<Integer, String> rows = new HashMap<>();

        Table(int size) {
            for (int i = 0; i < size; i++) {
                rows.put(i, "row " + i);
            }
        }

        String row(int i) {
            return rows.getOrDefault(i, "none");
        }

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            DECODED.incrementAndGet();
        }
    }

    /** Where a task got the table. */
    private record Seen(long pid, int identity, int decoded, String row) implements Serializable {
        static Seen of(Shared<Table> table, int i) {
            Table got = table.get();
            return new Seen(
                    ProcessHandle.current().pid(),
                    System.identityHashCode(got),
                    Table.DECODED.get(),
                    got.row(i));
        }
    }

    @Test
    void shouldSendTheValueToEachWorkerOnce() throws Exception {
        Table original = new Table(1000);
        try (Shared<Table> table = pool.share(original)) {
            assertThat(table.get()).isSameAs(original);
            Set<Long> pids = new HashSet<>();
            Map<Long, Integer> identities = new HashMap<>();
            while (pids.size() < 2) { // until both have had some
                List<TaskFuture<Seen>> futures = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    int captured = i;
                    futures.add(pool.submit(() -> Seen.of(table, captured)));
                }
                for (int i = 0; i < futures.size(); i++) {
                    Seen seen = futures.get(i).get(30, TimeUnit.SECONDS);
                    pids.add(seen.pid());
                    assertThat(seen.decoded()).isEqualTo(1);
                    assertThat(seen.row()).isEqualTo("row " + i);
                    Integer before = identities.putIfAbsent(seen.pid(), seen.identity());
                    assertThat(before == null || before == seen.identity()).isTrue();
                }
            }
            assertThat(Table.DECODED).hasValue(0); // not in this process
        }
    }

    @Test
    void shouldDecodeOnceForThreadsThatAskAtTheSameTime() throws Exception {
        try (Shared<Table> table = pool.share(new Table(100_000))) {
            assertThat(pool.submit(() -> decodedByThreads(table)).get()).isEqualTo(1);
        }
    }

    private static int decodedByThreads(Shared<Table> table) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        Set<Table> got = new HashSet<>();
        for (int i = 0; i < 8; i++) {
            Thread thread =
                    new Thread(
                            () -> {
                                Table mine = table.get();
                                synchronized (got) {
                                    got.add(mine);
                                }
                            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return got.size() == 1 ? Table.DECODED.get() : -got.size();
    }

    @Test
    void shouldDecodeItAgainInAWorkerThatReplacesAKilledOne() throws Exception {
        try (ProcessPoolExecutor single = TestPools.quiet(1).build();
                Shared<Table> table = single.share(new Table(10))) {
            Seen before = single.submit(() -> Seen.of(table, 1)).get();
            TaskFuture<Void> doomed =
                    single.submit(
                            () -> {
                                table.get();
                                Runtime.getRuntime().halt(9);
                            });
            assertThatThrownBy(doomed::get).hasCauseInstanceOf(WorkerCrashedException.class);
            Seen after = single.submit(() -> Seen.of(table, 2)).get();
            assertThat(after.pid()).isNotEqualTo(before.pid());
            assertThat(after.decoded()).isEqualTo(1);
            assertThat(after.row()).isEqualTo("row 2");
        }
    }

    @Test
    void shouldLeaveItToATaskThatHasGotIt() throws Exception {
        try (Pipe<String> pipe = Pipe.open()) {
            Connection<String> theirs = pipe.second();
            Shared<Table> table = pool.share(new Table(10));
            TaskFuture<String> user =
                    pool.submit(
                            () -> {
                                Table mine = table.get();
                                theirs.send("got it");
                                String message = theirs.receive();
                                return message + ": " + mine.row(3) + ", " + failureOf(table);
                            });
            assertThat(pipe.first().receive(LONG)).contains("got it");
            table.close();
            pipe.first().send("closed");
            assertThat(user.get())
                    .startsWith("closed: row 3, java.lang.IllegalStateException: the shared value")
                    .contains("was closed");
        }
    }

    private static String failureOf(Shared<Table> table) {
        try {
            return table.get().row(0);
        } catch (IllegalStateException e) {
            return e.toString();
        }
    }

    @Test
    void shouldSayThatItIsClosed() throws Exception {
        Shared<Table> table = pool.share(new Table(10));
        assertThat(pool.submit(() -> table.get().row(1)).get()).isEqualTo("row 1");
        table.close();
        table.close();
        assertThatThrownBy(table::get)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("share the value again");
        for (int i = 0; i < 4; i++) { // workers that have decoded it, and others
            TaskFuture<String> late = pool.submit(() -> table.get().row(1));
            assertThatThrownBy(late::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IllegalStateException.class);
        }
        Shared<Table> second = pool.share(new Table(10));
        TaskFuture<Void> closing = pool.submit(() -> second.close());
        assertThat(closing.get()).isNull();
        assertThatThrownBy(second::get).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldGiveTheMemoryOfALargeOneBack() throws Exception {
        byte[] bytes = new byte[LARGE_BYTES];
        Arrays.fill(bytes, (byte) 1);
        try (ProcessPoolExecutor single =
                TestPools.quiet(1).maxWorkerHeap(4L * LARGE_BYTES).build()) {
            Shared<byte[]> shared = single.share(bytes);
            Path file = contentOf(shared);
            String name = file.toString();
            assertThat(Files.size(file)).isGreaterThanOrEqualTo(LARGE_BYTES);
            assertThat(single.submit(() -> sum(shared.get())).get()).isEqualTo(LARGE_BYTES);
            assertThat(single.submit(SharedTest::usedBytesAfterCollection).get())
                    .isGreaterThan(LARGE_BYTES);
            shared.close();
            assertThat(file).doesNotExist();
            assertThat(single.submit(() -> 1).get()).isEqualTo(1); // then it has no task to run
            Await.until(
                    () ->
                            single.submit(SharedTest::usedBytesAfterCollection).join()
                                    < LARGE_BYTES / 2,
                    "the worker has forgotten the array");
            Await.until(
                    () -> !single.submit(() -> isMapped(name)).join(),
                    "the worker has unmapped the file");
        }
    }

    private static long sum(byte[] bytes) {
        long sum = 0;
        for (byte b : bytes) {
            sum += b;
        }
        return sum;
    }

    private static long usedBytesAfterCollection() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static boolean isMapped(String file) throws IOException {
        System.gc();
        return Files.readString(Path.of("/proc/self/maps")).contains(file);
    }

    /** The file with the value, of which the description names the segment. */
    private static Path contentOf(Shared<?> shared) {
        Matcher path = Pattern.compile("shared=(.*)]").matcher(shared.toString());
        assertThat(path.find()).isTrue();
        return Path.of(path.group(1) + ".value");
    }

    /** Has a field that cannot be sent. */
    private static final class Holder implements Serializable {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings({"serial", "unused"}) // the reason why it cannot be sent
        private final Thread worker = Thread.currentThread();
    }

    @Test
    void shouldNameTheFieldThatCannotBeSent() throws Exception {
        Set<Path> before;
        try (Shared<String> any = pool.share("any")) {
            before = filesBeside(any);
            assertThatThrownBy(() -> pool.share(new Holder()))
                    .isInstanceOf(UnserializableException.class)
                    .hasMessageContaining("Holder.worker");
            try (Pipe<String> pipe = Pipe.open()) {
                assertThatThrownBy(() -> pool.share(pipe.second()))
                        .hasStackTraceContaining("an end can only move inside a task");
            }
            assertThat(filesBeside(any)).isEqualTo(before);
        }
    }

    private static Set<Path> filesBeside(Shared<?> shared) throws IOException {
        try (Stream<Path> files = Files.list(contentOf(shared).getParent())) {
            return new HashSet<>(
                    files.filter(f -> f.getFileName().toString().startsWith("v")).toList());
        }
    }

    @Test
    void shouldServeOtherProcessesOfTheProgram() throws Exception {
        try (Shared<Table> table = pool.share(new Table(10));
                ProcessPoolExecutor other = TestPools.quiet(1).build()) {
            assertThat(other.submit(() -> table.get().row(4)).get()).isEqualTo("row 4");
            try (ChildProcess<String> child = ChildProcess.start(() -> table.get().row(5))) {
                assertThat(child.result()).isEqualTo("row 5");
            }
            TaskFuture<String> nested =
                    pool.submit(
                            () -> {
                                try (ProcessPoolExecutor inner = TestPools.quiet(1).build();
                                        Shared<Table> mine = inner.share(new Table(7))) {
                                    return inner.submit(
                                                    () -> table.get().row(6) + mine.get().row(7))
                                            .get();
                                }
                            });
            assertThat(nested.get()).isEqualTo("row 6none");
            Shared<Table> back = pool.submit(() -> table).get();
            assertThat(back.get()).isSameAs(table.get());
        }
    }

    @Test
    void shouldBeClosedWithItsPool() throws Exception {
        Shared<Table> first;
        Shared<Table> second;
        Path file;
        try (ProcessPoolExecutor closed = TestPools.quiet(1).build()) {
            first = closed.share(new Table(1));
            second = closed.share(new Table(2));
            file = contentOf(second);
            assertThat(file).exists();
            first.close();
        }
        assertThat(file).doesNotExist();
        assertThatThrownBy(second::get).isInstanceOf(IllegalStateException.class);
        second.close();
        ProcessPoolExecutor ended = TestPools.quiet(1).build();
        Shared<Table> third = ended.share(new Table(3));
        ended.shutdown();
        assertThatThrownBy(() -> ended.share(new Table(4)))
                .isInstanceOf(RejectedExecutionException.class);
        assertThat(third.get().row(2)).isEqualTo("row 2");
        assertThat(ended.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(third::get).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldBeRemovedWhenTheProcessThatSharedItIsKilled() throws Exception {
        try (Pipe<String> pipe = Pipe.openOneWay()) {
            Connection<String> say = pipe.second();
            TaskFuture<Integer> sharing =
                    pool.submit(
                            () -> {
                                ProcessPoolExecutor inner = TestPools.quiet(1).build();
                                Shared<Table> shared = inner.share(new Table(9));
                                inner.shutdown(); // no worker of its own is left behind
                                while (!inner.isTerminated()) {
                                    Thread.sleep(10);
                                }
                                say.send(contentOf(shared).toString());
                                return Endless.sleep();
                            });
            Path file = Path.of(pipe.first().receive(LONG).orElseThrow());
            assertThat(file).exists();
            assertThat(ProcessHandle.of(pidOfRunning()).orElseThrow().destroyForcibly()).isTrue();
            assertThatThrownBy(sharing::get).hasCauseInstanceOf(WorkerCrashedException.class);
            Await.until(() -> !Files.exists(file), "the parent has removed the file");
        }
    }

    private long pidOfRunning() {
        return pool.workers().stream()
                .filter(worker -> worker.state() == WorkerState.BUSY)
                .findFirst()
                .orElseThrow()
                .pid();
    }

    /** Inverts the bytes of the standard codec. */
    private static final class Inverting implements Codec, Serializable {
        private static final long serialVersionUID = 1L;

        @Override
        public byte[] encode(@Nullable Object value) {
            return invert(Codec.standard().encode(value));
        }

        @Override
        public @Nullable Object decode(ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.duplicate().get(copy);
            return Codec.standard().decode(ByteBuffer.wrap(invert(copy)));
        }

        private static byte[] invert(byte[] bytes) {
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) ~bytes[i];
            }
            return bytes;
        }
    }

    @Test
    void shouldUseTheCodecOfThePool() throws Exception {
        try (ProcessPoolExecutor own = TestPools.quiet(1).codec(new Inverting()).build();
                Shared<Table> table = own.share(new Table(10))) {
            assertThat(own.submit(() -> table.get().row(8)).get()).isEqualTo("row 8");
            assertThat(pool.submit(() -> table.get().row(9)).get()).isEqualTo("row 9");
        }
    }
}
