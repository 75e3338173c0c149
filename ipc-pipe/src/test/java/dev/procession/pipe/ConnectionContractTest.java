package dev.procession.pipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.ChildProcess;
import dev.procession.testing.Await;
import dev.procession.testing.Seeded;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What every connection does, over lanes and over sockets. */
@ExtendWith(Seeded.class)
class ConnectionContractTest {

    private static final byte[] SECRET = {1, 2, 3};
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SOON = Duration.ofMillis(20);

    enum Wire {
        LANES,
        SOCKET
    }

    @TempDir private Path directory;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Connection<Object> one;
    private Connection<Object> other;

    private void open(Wire wire) throws Exception {
        if (wire == Wire.LANES) {
            Pipe<Object> pipe = Pipe.open();
            one = pipe.first();
            other = pipe.second();
            return;
        }
        try (Listener<Object> listener = Listener.bind(directory.resolve("s"), SECRET)) {
            one = Listener.connect(directory.resolve("s"), SECRET);
            other = listener.accept();
        }
    }

    @AfterEach
    void close() {
        one.close();
        other.close();
        threads.shutdownNow();
    }

    @ParameterizedTest
    @EnumSource
    void shouldCarryMessagesOfAllSizesBothWays(Wire wire, Random seeds) throws Exception {
        open(wire);
        long seed = seeds.nextLong();
        int count = 300;
        Future<?> echo =
                threads.submit(
                        () -> {
                            for (int i = 0; i < count; i++) {
                                other.sendBytes(ByteBuffer.wrap(other.receiveBytes()));
                            }
                            return null;
                        });
        Future<?> sender =
                threads.submit(
                        () -> {
                            Random random = new Random(seed);
                            for (int i = 0; i < count; i++) {
                                one.sendBytes(ByteBuffer.wrap(RandomBytes.next(random)));
                            }
                            return null;
                        });
        Random expected = new Random(seed);
        for (int i = 0; i < count; i++) {
            assertThat(one.receiveBytes())
                    .as("message %d", i)
                    .isEqualTo(RandomBytes.next(expected));
        }
        sender.get();
        echo.get();
    }

    @ParameterizedTest
    @EnumSource
    void shouldReceiveWhatWasSentBeforeTheEnd(Wire wire) throws Exception {
        open(wire);
        one.send("last");
        one.close();
        assertThat(other.receive()).isEqualTo("last");
        assertThat(other.poll(LONG)).isTrue();
        assertThatThrownBy(other::receive)
                .isInstanceOfSatisfying(
                        EndOfPipeException.class, e -> assertThat(e.died()).isFalse());
        assertThatThrownBy(
                        () -> {
                            while (true) {
                                other.send("lost");
                            }
                        })
                .isInstanceOf(EndOfPipeException.class);
    }

    @ParameterizedTest
    @EnumSource
    void shouldBlockOrTimeOutWhileThePeerDoesNotRead(Wire wire) throws Exception {
        open(wire);
        int sent = 0;
        while (one.sendBytes(ByteBuffer.allocate(10_000), SOON)) {
            sent++;
        }
        assertThat(sent).isPositive();
        for (int i = 0; i < sent; i++) {
            assertThat(other.receiveBytes()).hasSize(10_000);
        }
        assertThat(other.receiveBytes(SOON)).isEmpty();
        one.send("after");
        assertThat(other.receive()).isEqualTo("after");
    }

    @ParameterizedTest
    @CsvSource({"LANES, false", "LANES, true", "SOCKET, false", "SOCKET, true"})
    void shouldSurviveInterruptsOfReceiverAndSender(Wire wire, boolean whileBlocked)
            throws Exception {
        open(wire);
        assertThat(interrupted(whileBlocked, () -> other.receive()))
                .isInstanceOf(InterruptedException.class);
        byte[] tooLarge = new byte[100 << 20];
        assertThat(interrupted(whileBlocked, () -> one.sendBytes(ByteBuffer.wrap(tooLarge))))
                .isInstanceOf(InterruptedException.class);
        Future<?> sender = threads.submit(() -> sendQuietly(one, "after"));
        assertThat(other.receive()).isEqualTo("after");
        sender.get();
    }

    private static void sendQuietly(Connection<Object> end, Object message) {
        try {
            end.send(message);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private interface Action {
        void run() throws InterruptedException;
    }

    /** Returns what an action throws that is interrupted as it begins, or when it waits. */
    private static Throwable interrupted(boolean whileBlocked, Action action) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread thread =
                new Thread(
                        () -> {
                            begun.countDown();
                            try {
                                action.run();
                                thrown.complete(new AssertionError("it returned"));
                            } catch (InterruptedException | RuntimeException e) {
                                thrown.complete(e);
                            }
                        });
        thread.start();
        begun.await();
        if (whileBlocked) {
            Await.blocked(thread);
        }
        thread.interrupt();
        return thrown.get();
    }

    @ParameterizedTest
    @EnumSource
    void shouldWaitForAny(Wire wire) throws Exception {
        open(wire);
        assertThat(Connection.waitAny(List.of(one, other), SOON)).isEmpty();
        one.send("here");
        assertThat(Connection.waitAny(List.of(one, other), LONG)).isEqualTo(Set.of(other));
        one.close();
        assertThat(other.receive()).isEqualTo("here");
        assertThat(Connection.waitAny(List.of(other), LONG)).isEqualTo(Set.of(other));
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepMessagesWholeBetweenManyThreads(Wire wire) throws Exception {
        open(wire);
        int each = 500;
        List<Future<?>> senders = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            byte fill = (byte) t;
            senders.add(
                    threads.submit(
                            () -> {
                                for (int i = 0; i < each; i++) {
                                    one.sendBytes(ByteBuffer.wrap(filled(i * 100, fill)));
                                }
                                return null;
                            }));
        }
        int[] next = new int[4];
        for (int i = 0; i < 4 * each; i++) {
            byte[] bytes = other.receiveBytes();
            if (bytes.length > 0) {
                byte fill = bytes[0];
                assertThat(bytes).isEqualTo(filled(++next[fill] * 100, fill));
            }
        }
        assertThat(next).containsOnly(each - 1);
        for (Future<?> sender : senders) {
            sender.get();
        }
    }

    private static byte[] filled(int length, byte fill) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, fill);
        return bytes;
    }

    @ParameterizedTest
    @EnumSource
    void shouldReceiveAllThatAKilledSenderHadSentThenItsDeath(Wire wire) throws Exception {
        ChildProcess<Integer> child = startWith(wire, ConnectionContractTest::flood);
        assertThat(one.receiveBytes()[0]).isZero();
        child.kill();
        int count = 1;
        while (true) {
            try {
                byte[] bytes = one.receiveBytes();
                assertThat(bytes).hasSize(count % 50 == 0 ? 200_000 : 100);
                assertThat(ByteBuffer.wrap(bytes).getInt(4)).isEqualTo(count);
                count++;
            } catch (EndOfPipeException e) {
                assertThat(e.died()).isTrue();
                break;
            }
        }
        child.join();
    }

    @ParameterizedTest
    @EnumSource
    void shouldReceiveAllMessagesOfASenderThatClosedAndExitedBeforeTheyWereRead(Wire wire)
            throws Exception {
        ChildProcess<Integer> child = startWith(wire, ConnectionContractTest::fill);
        int sent = child.result();
        assertThat(sent).isPositive();
        child.join(); // its process has exited before a message is read
        assertThatThrownBy(
                        () -> {
                            while (true) {
                                one.send("lost");
                            }
                        })
                .isInstanceOfSatisfying(
                        EndOfPipeException.class, e -> assertThat(e.died()).isFalse());
        for (int i = 0; i < sent; i++) {
            assertThat(one.receiveBytes()).hasSize(10_000);
        }
        assertThatThrownBy(one::receive)
                .isInstanceOfSatisfying(
                        EndOfPipeException.class, e -> assertThat(e.died()).isFalse());
    }

    private static int fill(Connection<Object> end) throws InterruptedException {
        int sent = 0;
        while (end.sendBytes(ByteBuffer.allocate(10_000), SOON)) {
            sent++;
        }
        end.close();
        return sent;
    }

    private interface Role<V> extends java.io.Serializable {
        V play(Connection<Object> end) throws Exception;
    }

    /** Starts a child that holds the other end. */
    private <V> ChildProcess<V> startWith(Wire wire, Role<V> role) throws Exception {
        if (wire == Wire.LANES) {
            open(wire);
            Connection<Object> theirs = other;
            return ChildProcess.start(() -> role.play(theirs));
        }
        Path address = directory.resolve("s");
        String path = address.toString();
        try (Listener<Object> listener = Listener.bind(address, SECRET)) {
            ChildProcess<V> child =
                    ChildProcess.start(() -> role.play(Listener.connect(Path.of(path), SECRET)));
            one = listener.accept();
            other = one;
            return child;
        }
    }

    private static int flood(Connection<Object> end) throws InterruptedException {
        for (int i = 0; ; i++) {
            ByteBuffer bytes = ByteBuffer.allocate(i % 50 == 0 ? 200_000 : 100);
            end.sendBytes(bytes.putInt(4, i));
        }
    }
}
