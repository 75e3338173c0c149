package dev.procession.pipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.testing.Seeded;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Messages of all lengths, limits of the length, and full pipes. */
@ExtendWith(Seeded.class)
class MessageLengthTest {

    private static final Duration SOON = Duration.ofMillis(20);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Pipe<Object> pipe = Pipe.open();

    @AfterEach
    void close() {
        pipe.close();
        threads.shutdownNow();
    }

    @Test
    void shouldKeepMessagesWholeInAnyInterleavingOfSizesAndReceivers(Random how) throws Exception {
        long seed = how.nextLong();
        int count = 400;
        Future<?> sender =
                threads.submit(
                        () -> {
                            Random random = new Random(seed);
                            for (int i = 0; i < count; i++) {
                                pipe.first().sendBytes(ByteBuffer.wrap(RandomBytes.next(random)));
                            }
                            return null;
                        });
        Random expected = new Random(seed);
        for (int i = 0; i < count; i++) {
            byte[] bytes = RandomBytes.next(expected);
            assertThat(receive(how, bytes.length)).as("message %d", i).isEqualTo(bytes);
        }
        sender.get();
    }

    private byte[] receive(Random how, int length) throws Exception {
        Connection<Object> end = pipe.second();
        int way = how.nextInt(4);
        if (way == 0) {
            return end.receiveBytes();
        }
        if (way == 1) {
            ByteBuffer into = ByteBuffer.allocateDirect(3 + length).position(3);
            assertThat(end.receiveBytes(into)).isEqualTo(length);
            byte[] bytes = new byte[length];
            into.flip().position(3).get(bytes);
            return bytes;
        }
        if (way == 2) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            assertThat(end.receiveInto(Channels.newChannel(out))).isEqualTo(length);
            return out.toByteArray();
        }
        while (!end.poll(Duration.ofNanos(how.nextInt(100_000)))) {
            Thread.onSpinWait(); // the time may be over between two parts of the message
        }
        return end.receiveBytes();
    }

    @Test
    @Timeout(180) // two gigabytes twice through memory, on a busy machine
    void shouldCarryMoreThanAnArrayHolds() throws Exception {
        long bytes = Integer.MAX_VALUE + 1000L;
        Future<?> sender =
                threads.submit(
                        () -> {
                            pipe.first().sendFrom(new Zeros(), bytes);
                            pipe.first().send("next");
                            return null;
                        });
        assertThatThrownBy(() -> pipe.second().receiveBytes())
                .isInstanceOfSatisfying(
                        MessageSizeException.class, e -> assertThat(e.bytes()).isEqualTo(bytes));
        Counter counter = new Counter();
        assertThat(pipe.second().receiveInto(counter)).isEqualTo(bytes);
        assertThat(counter.bytes).isEqualTo(bytes);
        assertThat(pipe.second().receive()).isEqualTo("next");
        sender.get();
    }

    private static final class Zeros implements ReadableByteChannel {
        @Override
        public int read(ByteBuffer into) {
            int count = into.remaining();
            into.position(into.limit());
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    private static final class Counter implements WritableByteChannel {
        private long bytes;

        @Override
        public int write(ByteBuffer from) {
            int count = from.remaining();
            bytes += count;
            from.position(from.limit());
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    @Test
    void shouldSayHowLongAMessageIsAndLoseNothing() throws Exception {
        byte[] large = new byte[200_000];
        large[199_999] = 7;
        pipe.first().sendBytes(ByteBuffer.wrap(large));
        ByteBuffer small = ByteBuffer.allocate(100);
        assertThatThrownBy(() -> pipe.second().receiveBytes(small))
                .isInstanceOfSatisfying(
                        MessageSizeException.class, e -> assertThat(e.bytes()).isEqualTo(200_000));
        assertThat(small.position()).isZero();
        assertThat(pipe.second().receiveBytes()).isEqualTo(large);
    }

    @Test
    void shouldDeliverNothingOfAMessageWhoseSourceEnds() throws Exception {
        ReadableByteChannel tooShort =
                Channels.newChannel(new ByteArrayInputStream(new byte[100_000]));
        assertThatThrownBy(() -> pipe.first().sendFrom(tooShort, 100_001))
                .isInstanceOf(PipeException.class)
                .hasCauseInstanceOf(IOException.class);
        assertThat(pipe.second().receiveBytes(SOON)).isEmpty();
        pipe.first().sendBytes(ByteBuffer.wrap(new byte[] {1}));
        assertThat(pipe.second().receiveBytes()).containsExactly(1);
    }

    @Test
    void shouldRefuseWhatIsLongerThanTheConnectionAllows() throws Exception {
        PipeOptions options = PipeOptions.builder().maxMessageBytes(1000).build();
        try (Pipe<Object> limited = Pipe.open(options)) {
            limited.first().sendBytes(ByteBuffer.allocate(1000));
            assertThatThrownBy(() -> limited.first().sendBytes(ByteBuffer.allocate(1001)))
                    .isInstanceOf(MessageSizeException.class)
                    .hasMessageContaining("bytes=1001, limit=1000");
            assertThat(limited.second().receiveBytes()).hasSize(1000);
            assertThat(limited.second().poll(Duration.ZERO)).isFalse();
        }
    }

    @Test
    void shouldTimeOutWhileThereIsNoRoomAndSendNothing() throws Exception {
        int sent = 0;
        while (pipe.first().sendBytes(ByteBuffer.allocate(10_000), SOON)) {
            sent++;
        }
        assertThat(sent).isPositive();
        for (int i = 0; i < sent; i++) {
            assertThat(pipe.second().receiveBytes()).hasSize(10_000);
        }
        assertThat(pipe.second().receiveBytes(SOON)).isEmpty();
        assertThat(pipe.first().send("room again", SOON)).isTrue();
        assertThat(pipe.second().receive()).isEqualTo("room again");
    }

    @Test
    void shouldNotNeedAReceiverForALargeMessage() throws Exception {
        byte[] large = new byte[10 << 20];
        new Random(3).nextBytes(large);
        pipe.first().sendBytes(ByteBuffer.wrap(large));
        pipe.first().sendBytes(ByteBuffer.wrap(large));
        try (Pipe<Connection<Object>> carrier = Pipe.open()) {
            assertThat(pipe.second().poll(Duration.ZERO)).isTrue();
            carrier.first().send(pipe.second()); // with the part that poll has consumed
            Connection<Object> moved = carrier.second().receive();
            assertThat(moved.receiveBytes()).isEqualTo(large);
            assertThat(moved.receiveBytes()).isEqualTo(large);
            moved.close();
        }
    }
}
