package dev.procession.core.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import dev.procession.core.memory.Words;
import dev.procession.testing.Background;
import dev.procession.testing.Budget;
import dev.procession.testing.Spin;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RingTest {

    private static final int CAPACITY = 4096;
    private static final int DATA_OF_END_ZERO = 4096;

    @TempDir private Path directory;
    private Segment segment;
    private RingWriter writer;
    private RingReader reader;

    @BeforeEach
    void open() throws IOException {
        Path path = directory.resolve("ring");
        segment = Segment.create(path, SegmentKind.LANE, LaneLayout.segmentBytes(CAPACITY));
        writer = LaneLayout.writer(segment, 0);
        reader = LaneLayout.reader(segment, 0);
    }

    @Test
    void shouldBehaveAsAQueueForAllSizes() throws IOException {
        Random random = new Random(7);
        Deque<byte[]> model = new ArrayDeque<>();
        for (int step = 0; step < 200_000; step++) {
            if (random.nextBoolean()) {
                byte[] payload = new byte[random.nextInt(writer.maxPayloadBytes() + 1)];
                random.nextBytes(payload);
                if (writer.offer(step & 15, step, payload)) {
                    model.addLast(payload);
                } else {
                    assertThat(model).isNotEmpty();
                }
            } else if (model.isEmpty()) {
                assertThat(reader.next()).isFalse();
            } else {
                assertThat(reader.next()).isTrue();
                assertThat(reader.payload()).isEqualTo(model.removeFirst());
                reader.release();
            }
        }
    }

    @Test
    void shouldContinueWhereTheLastHolderOfAnEndCommitted() throws IOException {
        writer.offer(1, 11, new byte[100]);
        writer.offer(2, 22, new byte[] {5});
        assertThat(reader.next()).isTrue();
        reader.release();
        RingReader next = LaneLayout.reader(segment, 0);
        assertThat(next.next()).isTrue();
        assertThat(next.type()).isEqualTo(2);
        assertThat(next.id()).isEqualTo(22);
        assertThat(next.payload()).containsExactly(5);
    }

    @Test
    void shouldShowNothingOfARecordWhoseHeaderWasNotStored() throws IOException {
        // The stores of a writer that dies before its commit.
        segment.memory().putLong(DATA_OF_END_ZERO + RingLayout.RECORD_ID, 7);
        segment.memory().put(DATA_OF_END_ZERO + RingLayout.RECORD_PAYLOAD, new byte[] {1, 2, 3});
        assertThat(reader.next()).isFalse();
        RingWriter successor = LaneLayout.writer(segment, 0);
        assertThat(successor.offer(0, 1, new byte[] {9})).isTrue();
        assertThat(reader.next()).isTrue();
        assertThat(reader.payload()).containsExactly(9);
    }

    @Test
    void shouldGoOnBehindARecordThatWasCommittedWithoutTheTail() throws IOException {
        int tail = 384; // of the ring that end 0 writes
        for (int round = 0; round < 300; round++) { // round the ring, with its padding
            long before = Words.getVolatile(segment.memory(), tail);
            assertThat(writer.offer(1, round, new byte[round % 200])).isTrue();
            Words.setVolatile(segment.memory(), tail, before);
            writer = LaneLayout.writer(segment, 0);
            assertThat(writer.offer(2, round, new byte[] {5})).isTrue();
            for (int type = 1; type <= 2; type++) {
                assertThat(reader.next()).isTrue();
                assertThat(reader.type()).isEqualTo(type);
                assertThat(reader.id()).isEqualTo(round);
                reader.release();
            }
            assertThat(reader.next()).isFalse();
        }
    }

    @Test
    void shouldStartOverWhenItWasEmptied() throws IOException {
        for (int i = 0; i < 30; i++) {
            writer.offer(1, i, new byte[i]);
        }
        LaneLayout.clear(segment);
        reader = LaneLayout.reader(segment, 0);
        writer = LaneLayout.writer(segment, 0);
        assertThat(reader.next()).isFalse();
        assertThat(writer.offer(3, 4, new byte[5])).isTrue();
        assertThat(reader.next()).isTrue();
        assertThat(reader.id()).isEqualTo(4);
    }

    @Test
    void shouldRefuseOverwrittenRecords() {
        writer.offer(0, 0, new byte[10]);
        for (int word : new int[] {2, 99, Integer.MAX_VALUE, Integer.MIN_VALUE, ~CAPACITY}) {
            segment.memory().putLong(DATA_OF_END_ZERO, word & 0xFFFF_FFFFL);
            assertThatThrownBy(reader::next)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("corrupt");
        }
    }

    @Test
    void shouldRefuseRecordsThatNeverFit() {
        byte[] large = new byte[writer.maxPayloadBytes() + 1];
        assertThatThrownBy(() -> writer.offer(0, 0, large))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most");
    }

    @Test
    void shouldTransferEverythingBetweenTwoThreads() throws Exception {
        AtomicInteger sent = new AtomicInteger(Integer.MAX_VALUE);
        Background<Void> sender = Background.start(() -> send(sent));
        int read = 0;
        while (true) {
            int i = read;
            Spin.until(() -> reader.next() || sent.get() == i);
            if (sent.get() == i) {
                break;
            }
            byte[] payload = reader.payload();
            if (reader.id() != i || payload[0] != (byte) i || payload[7] != (byte) i) {
                throw new AssertionError("at " + i + ": " + reader.id());
            }
            reader.release();
            read++;
        }
        sender.get();
        assertThat(reader.next()).isFalse();
    }

    private Void send(AtomicInteger sent) throws IOException {
        byte[] payload = new byte[8];
        Budget budget = new Budget(20_000, 2_000_000, Duration.ofSeconds(20));
        int i = 0;
        try {
            for (; budget.allows(i); i++) {
                int id = i;
                Arrays.fill(payload, (byte) i);
                Spin.until(() -> writer.offer(id & 7, id, payload));
            }
        } finally {
            sent.set(i);
        }
        return null;
    }
}
