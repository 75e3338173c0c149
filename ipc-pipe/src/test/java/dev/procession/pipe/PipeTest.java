package dev.procession.pipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.Codec;
import dev.procession.core.SerializableCallable;
import dev.procession.core.UnserializableException;
import dev.procession.core.transfer.Transfers;
import dev.procession.testing.Background;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PipeTest {

    private final Pipe<Object> pipe = Pipe.open();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void close() {
        pipe.close();
        threads.shutdownNow();
    }

    @Test
    void shouldCarryObjectsBothWaysInOrder() throws InterruptedException {
        pipe.first().send("one");
        pipe.first().send(2);
        pipe.second().send(List.of(3.0));
        assertThat(pipe.second().receive()).isEqualTo("one");
        assertThat(pipe.second().receive()).isEqualTo(2);
        assertThat(pipe.first().receive()).isEqualTo(List.of(3.0));
    }

    @Test
    void shouldKeepBytesWholeWhateverTheirSize() throws Exception {
        Random random = new Random(1);
        int[] sizes = {0, 1, 7, 8, 65_519, 65_520, 65_521, 1 << 20, 80 << 20};
        Future<?> sender =
                threads.submit(
                        () -> {
                            for (int size : sizes) {
                                pipe.first().sendBytes(ByteBuffer.wrap(bytes(random, size)));
                            }
                            return null;
                        });
        Random expected = new Random(1);
        for (int size : sizes) {
            assertThat(pipe.second().receiveBytes()).isEqualTo(bytes(expected, size));
        }
        sender.get();
    }

    private static byte[] bytes(Random random, int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void shouldRefuseTheWrongKindAndTooSmallABufferWithoutLoss() throws InterruptedException {
        pipe.first().sendBytes(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        assertThatThrownBy(() -> pipe.second().receive())
                .isInstanceOf(PipeException.class)
                .hasMessageContaining("receiveBytes");
        assertThatThrownBy(() -> pipe.second().receiveBytes(ByteBuffer.allocate(2)))
                .isInstanceOf(PipeException.class)
                .hasMessageContaining("bytes=3");
        ByteBuffer into = ByteBuffer.allocate(4);
        assertThat(pipe.second().receiveBytes(into)).isEqualTo(3);
        assertThat(into.position()).isEqualTo(3);
    }

    @Test
    void shouldTimeOutAndPoll() throws InterruptedException {
        assertThat(pipe.second().receive(Duration.ofMillis(5))).isEmpty();
        assertThat(pipe.second().poll(Duration.ZERO)).isFalse();
        pipe.first().send("here");
        assertThat(pipe.second().poll(Duration.ZERO)).isTrue();
        assertThat(pipe.second().receive(Duration.ZERO)).contains("here");
    }

    @Test
    void shouldSurviveTheInterruptOfAReceiver() throws Exception {
        Background<Object> receiver = Background.start(() -> pipe.second().receive());
        receiver.awaitBlocked().thread().interrupt();
        assertThatThrownBy(receiver::get).hasCauseInstanceOf(InterruptedException.class);
        pipe.first().send("after");
        assertThat(pipe.second().receive()).isEqualTo("after");
    }

    @Test
    void shouldDeliverWhatWasSentBeforeTheEnd() throws InterruptedException {
        pipe.first().send("last");
        pipe.first().close();
        assertThat(pipe.second().receive()).isEqualTo("last");
        assertThat(pipe.second().poll(Duration.ZERO)).isTrue();
        assertThatThrownBy(() -> pipe.second().receive())
                .isInstanceOfSatisfying(
                        EndOfPipeException.class, e -> assertThat(e.died()).isFalse());
        assertThatThrownBy(() -> pipe.second().send("lost")).isInstanceOf(EndOfPipeException.class);
    }

    @Test
    void shouldWakeAReceiverWhenEitherEndIsClosed() throws Exception {
        Background<Object> receiver =
                Background.start(() -> pipe.second().receive()).awaitBlocked();
        pipe.first().close();
        assertThatThrownBy(receiver::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(EndOfPipeException.class);
        try (Pipe<Object> other = Pipe.open()) {
            Background<Object> own =
                    Background.start(() -> other.second().receive()).awaitBlocked();
            other.second().close();
            assertThatThrownBy(own::get).hasCauseInstanceOf(PipeException.class);
        }
    }

    @Test
    void shouldBlockASenderUntilTheReceiverReads() throws Exception {
        int count = 20_000;
        Future<?> sender =
                threads.submit(
                        () -> {
                            for (int i = 0; i < count; i++) {
                                pipe.first().sendBytes(ByteBuffer.wrap(new byte[100]));
                            }
                            return null;
                        });
        for (int i = 0; i < count; i++) {
            assertThat(pipe.second().receiveBytes()).hasSize(100);
        }
        sender.get();
    }

    @Test
    void shouldKeepMessagesWholeBetweenManyThreads() throws Exception {
        int each = 2_000;
        List<Future<?>> senders = new ArrayList<>();
        List<Future<Long>> receivers = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int from = t * each;
            senders.add(
                    threads.submit(
                            () -> {
                                for (int i = 0; i < each; i++) {
                                    pipe.first().send(from + i);
                                }
                                return null;
                            }));
            receivers.add(
                    threads.submit(
                            () -> {
                                long sum = 0;
                                for (int i = 0; i < each; i++) {
                                    sum += (Integer) pipe.second().receive();
                                }
                                return sum;
                            }));
        }
        long sum = 0;
        for (Future<Long> receiver : receivers) {
            sum += receiver.get();
        }
        for (Future<?> sender : senders) {
            sender.get();
        }
        long count = 4L * each;
        assertThat(sum).isEqualTo(count * (count - 1) / 2);
    }

    @Test
    void shouldHoldOneWayPipesToTheirDirection() throws InterruptedException {
        try (Pipe<String> oneWay = Pipe.openOneWay()) {
            oneWay.second().send("down");
            assertThat(oneWay.first().receive()).isEqualTo("down");
            assertThatThrownBy(() -> oneWay.first().send("up"))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> oneWay.second().receive())
                    .isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void shouldTakeAnEndBackWhenWhatCapturedItCannotBeSerialised() throws InterruptedException {
        Connection<Object> end = pipe.second();
        Thread obstacle = new Thread();
        SerializableCallable<String> task = () -> end + " " + obstacle;
        assertThatThrownBy(() -> Transfers.encode(Codec.standard(), task))
                .isInstanceOf(UnserializableException.class);
        pipe.first().send("still mine");
        assertThat(end.receive()).isEqualTo("still mine");
    }

    @Test
    void shouldMoveWithinOneProcessThroughAnotherPipe() throws InterruptedException {
        try (Pipe<Connection<Object>> carrier = Pipe.open()) {
            pipe.first().send("before the move");
            carrier.first().send(pipe.second());
            Connection<Object> moved = carrier.second().receive();
            assertThat(moved.receive()).isEqualTo("before the move");
            assertThatThrownBy(() -> pipe.second().receive())
                    .isInstanceOf(PipeException.class)
                    .hasMessageContaining("moved");
            moved.send("back");
            assertThat(pipe.first().receive()).isEqualTo("back");
            moved.close();
        }
    }
}
