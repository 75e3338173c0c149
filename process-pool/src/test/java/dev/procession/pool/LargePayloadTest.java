package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.Codec;
import dev.procession.core.SerializableCallable;
import dev.procession.core.WorkerCrashedException;
import dev.procession.core.life.Session;
import dev.procession.core.memory.KillPoint;
import dev.procession.testing.Await;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tasks and results that are too large for a ring: their files, and who dies when. */
final class LargePayloadTest {

    private static final int MIB = 1 << 20;
    private static final int SECONDS = 60;

    private static final CountDownLatch STUCK = new CountDownLatch(1);
    private static final CountDownLatch FREED = new CountDownLatch(1);

    /** Tasks' files and results' files. */
    private static Set<Path> spills() {
        try (Stream<Path> all = Files.list(Session.current().home())) {
            return all.filter(file -> file.getFileName().toString().matches("[bp].*-.*"))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] marked(int bytes, int mark) {
        byte[] payload = new byte[bytes];
        Arrays.fill(payload, 0, 100, (byte) mark);
        payload[bytes - 1] = (byte) mark;
        return payload;
    }

    private static SerializableCallable<byte[]> echo(byte[] payload) {
        return () -> payload;
    }

    @ParameterizedTest
    @ValueSource(ints = {100 << 10, MIB, 64 * MIB, 200 * MIB})
    void shouldUseTheSameFilesAgain(int bytes) throws Exception {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            Set<Path> first = Set.of();
            for (int round = 0; round < 5; round++) {
                byte[] payload = marked(bytes, round);
                byte[] back = pool.submit(echo(payload)).get(SECONDS, TimeUnit.SECONDS);
                assertThat(Arrays.equals(back, payload)).isTrue();
                first = round == 0 ? spills() : first;
                assertThat(first).as("one of the task, one of the result").hasSize(2);
                assertThat(spills()).isEqualTo(first);
            }
        }
        assertThat(spills()).isEmpty();
    }

    @Test
    void shouldKeepFewFilesOfManyTasksAndResults() throws Exception {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(2)) {
            List<TaskFuture<List<Object>>> futures = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                byte[] payload = marked(200 << 10, i);
                int number = i;
                futures.add(pool.submit(() -> List.of(number, payload)));
            }
            for (int i = 0; i < futures.size(); i++) {
                List<Object> back = futures.get(i).get(SECONDS, TimeUnit.SECONDS);
                assertThat(back.get(0)).isEqualTo(i);
                assertThat(Arrays.equals((byte[]) back.get(1), marked(200 << 10, i))).isTrue();
            }
            Await.until(() -> spills().size() <= 64 + 2 * 4, "the other files are removed");
        }
        assertThat(spills()).isEmpty();
    }

    @Test
    void shouldRunTasksOnAnotherWorkerThatWereTakenBack() throws Exception {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(2)) {
            pool.submit(() -> 0).get();
            List<TaskFuture<byte[]>> futures = new ArrayList<>();
            TaskFuture<Integer> slow = null;
            for (int i = 0; i < 20; i++) {
                futures.add(pool.submit(echo(marked(MIB, i))));
                slow = slow == null ? pool.submit(() -> slowly(1500)) : slow;
            }
            for (int i = 0; i < futures.size(); i++) {
                byte[] back = futures.get(i).get(SECONDS, TimeUnit.SECONDS);
                assertThat(Arrays.equals(back, marked(MIB, i))).isTrue();
            }
            assertThat(slow).as("the others did not wait behind it").isNotDone();
        }
    }

    private static int slowly(long millis) throws InterruptedException {
        Thread.sleep(millis);
        return 0;
    }

    /** Kills the first process that decodes it. */
    private static final class Deadly implements Serializable {
        private static final long serialVersionUID = 1L;

        private final String mark;
        private final byte[] bytes;

        Deadly(String mark, byte[] bytes) {
            this.mark = mark;
            this.bytes = bytes;
        }

        private Object readResolve() throws IOException {
            if (Files.deleteIfExists(Path.of(mark))) {
                Runtime.getRuntime().halt(9);
            }
            return this;
        }
    }

    @Test
    void shouldSendATaskAgainWhoseWorkerDiedWhileItReadIt(@TempDir Path directory)
            throws Exception {
        String mark = Files.createFile(directory.resolve("mark")).toString();
        List<Object> captured = new ArrayList<>(List.of(new Deadly(mark, marked(2 * MIB, 5))));
        try (ProcessPoolExecutor pool = TestPools.quiet(1).retries(1).build()) {
            TaskFuture<byte[]> future = pool.submit(() -> ((Deadly) captured.get(0)).bytes);
            byte[] back = future.get(SECONDS, TimeUnit.SECONDS);
            assertThat(Arrays.equals(back, marked(2 * MIB, 5))).isTrue();
            assertThat(pool.stats().workersStarted()).isEqualTo(2);
        }
        assertThat(spills()).isEmpty();
    }

    @Test
    void shouldFailATaskWhoseWorkerDiedBeforeItNamedTheFileOfTheResult() throws Exception {
        try (ProcessPoolExecutor pool =
                TestPools.quiet(1)
                        .systemProperty("procession.killPoint", KillPoint.LANE_FILE_WRITTEN + ":2")
                        .build()) {
            byte[] payload = marked(2 * MIB, 1);
            assertThat(pool.submit(echo(payload)).get(SECONDS, TimeUnit.SECONDS)).hasSize(2 * MIB);
            TaskFuture<byte[]> second = pool.submit(echo(payload));
            assertThatThrownBy(() -> second.get(SECONDS, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(WorkerCrashedException.class);
            assertThat(pool.submit(echo(payload)).get(SECONDS, TimeUnit.SECONDS)).hasSize(2 * MIB);
        }
        assertThat(spills()).isEmpty();
    }

    /** Blocks the thread that decodes it in the parent. */
    private static final class Stuck implements Serializable {
        private static final long serialVersionUID = 1L;

        private Object readResolve() throws InterruptedException {
            STUCK.countDown();
            FREED.await();
            return this;
        }
    }

    @Test
    void shouldNotWriteOverAResultWhoseDecodingLasts() throws Exception {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            for (int round = 0; round < 2; round++) { // the second time the file is mapped
                assertThat(pool.submit(() -> List.of(marked(2 * MIB, 1))).get()).hasSize(1);
            }
            TaskFuture<List<Object>> stuck =
                    pool.submit(() -> List.of(new Stuck(), marked(2 * MIB, 7)));
            STUCK.await();
            for (int round = 0; round < 20; round++) {
                byte[] payload = marked(2 * MIB, round);
                byte[] back = pool.submit(echo(payload)).get(SECONDS, TimeUnit.SECONDS);
                assertThat(Arrays.equals(back, payload)).isTrue();
            }
            FREED.countDown();
            List<Object> late = stuck.get(SECONDS, TimeUnit.SECONDS);
            assertThat(Arrays.equals((byte[]) late.get(1), marked(2 * MIB, 7))).isTrue();
        }
    }

    /** The standard codec, which notes whether the buffer was one that nobody can write. */
    private static final class Noting implements Codec, Serializable {
        private static final long serialVersionUID = 1L;
        private static volatile boolean sawReadOnly;

        @Override
        public byte[] encode(@Nullable Object value) {
            return Codec.standard().encode(value);
        }

        @Override
        public @Nullable Object decode(ByteBuffer bytes) {
            sawReadOnly |= bytes.isReadOnly() && bytes.isDirect();
            return Codec.standard().decode(bytes);
        }
    }

    @Test
    void shouldHaveTheUsersCodecDecodeWhereTheBytesLie() throws Exception {
        try (ProcessPoolExecutor pool = TestPools.quiet(1).codec(new Noting()).build()) {
            for (int round = 0; round < 3; round++) {
                byte[] payload = marked(MIB, round);
                assertThat(pool.submit(echo(payload)).get()).isEqualTo(payload);
            }
            assertThat(Noting.sawReadOnly).as("in the parent").isTrue();
            byte[] payload = marked(MIB, 7);
            assertThat(pool.submit(() -> Noting.sawReadOnly && payload.length == MIB).get())
                    .as("in the worker")
                    .isTrue();
        }
    }
}
