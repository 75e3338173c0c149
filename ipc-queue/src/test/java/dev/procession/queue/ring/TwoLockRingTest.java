package dev.procession.queue.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.memory.DeathProbe;
import dev.procession.core.memory.OwnerLock;
import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import dev.procession.core.memory.Words;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TwoLockRingTest {

    private static final QueueShape SHAPE = QueueShape.of(200, Long.MAX_VALUE);

    @TempDir private Path directory;

    private Segment segment() throws IOException {
        return Segment.create(
                directory.resolve("q"), SegmentKind.QUEUE, SHAPE.segmentBytes(), SHAPE.toWords());
    }

    private static boolean put(TwoLockRing ring, byte[] bytes) throws IOException {
        ring.writer().lock(Long.MAX_VALUE);
        try {
            return ring.writer().append(QueueLayout.INLINE, bytes, bytes.length)
                    == QueueWriter.Result.DONE;
        } finally {
            ring.writer().unlock();
        }
    }

    /** Takes the oldest element, or removes the one at an index. */
    private static byte[] take(TwoLockRing ring, int index) throws IOException {
        ring.reader().lock(Long.MAX_VALUE);
        try {
            boolean found = ring.reader().next();
            for (int i = 0; i < index; i++) {
                found &= ring.reader().following();
            }
            assertThat(found).isTrue();
            byte[] payload = ring.reader().payload();
            if (index == 0) {
                ring.reader().consume();
            } else {
                ring.reader().remove();
            }
            return payload;
        } finally {
            ring.reader().unlock();
        }
    }

    @Test
    void shouldGoOnWhenOffsetsAndCountsWrap() throws IOException {
        Segment segment = segment();
        long start = QueueLayout.position(-100, (1L << 31) - 3000, 0);
        Words.setVolatile(segment.memory(), QueueLayout.HEAD, start);
        Words.setVolatile(segment.memory(), QueueLayout.TAIL, start);
        TwoLockRing ring = new TwoLockRing(segment, 1, member -> false);
        Random random = new Random(5);
        List<byte[]> expected = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            byte[] element = new byte[random.nextInt(100)];
            random.nextBytes(element);
            if (random.nextBoolean() && put(ring, element)) {
                expected.add(element);
            } else if (!expected.isEmpty()) {
                int index = random.nextInt(Math.min(3, expected.size()));
                assertThat(take(ring, index)).isEqualTo(expected.remove(index));
            }
            assertThat(ring.size()).isEqualTo(expected.size());
            assertThat(ring.isEmpty()).isEqualTo(expected.isEmpty());
        }
    }

    @Test
    void shouldFinishTheRemovalOfADeadProcessWhenOthersHaveMovedHead() throws IOException {
        Segment segment = segment();
        TwoLockRing first = new TwoLockRing(segment, 1, member -> false);
        put(first, new byte[] {1});
        take(first, 0); // from here on it knows a tail
        TwoLockRing second = new TwoLockRing(segment, 2, member -> false);
        for (byte i = 2; i <= 4; i++) {
            put(second, new byte[] {i});
        }
        take(second, 0);
        second.reader().lock(Long.MAX_VALUE);
        second.reader().next();
        // As if killed in QueueReader.remove, after its commit.
        Words.setRelease(
                segment.memory(),
                QueueLayout.REMOVED,
                QueueLayout.position(1, second.reader().offset(), 1));
        second.reader().unlock();

        assertThat(first.size()).isEqualTo(1);
        assertThat(take(first, 0)).containsExactly(4);
        assertThat(first.isEmpty()).isTrue();
    }

    @Test
    void shouldReportOverwrittenWords() throws IOException {
        TwoLockRing ring = new TwoLockRing(segment(), 1, member -> false);
        put(ring, new byte[10]);
        ByteBuffer memory = ring.segment().memory();
        memory.putLong(QueueLayout.DATA, -1);
        assertThatThrownBy(() -> take(ring, 0))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("corrupt");
        memory.putLong(QueueLayout.TAIL, QueueLayout.position(1, 1 << 25, 0));
        assertThatThrownBy(() -> put(ring, new byte[10]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("corrupt");
    }

    @Test
    void shouldRefuseImpossibleSizes() throws IOException {
        Segment segment = segment();
        segment.memory().putLong(QueueLayout.RING_BYTES, 12345);
        assertThatThrownBy(() -> new TwoLockRing(segment, 1, member -> false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ringBytes=12345");
    }

    @Test
    void shouldRefuseATruncatedSegment() throws IOException {
        Segment segment = segment();
        try (RandomAccessFile file = new RandomAccessFile(segment.path().toFile(), "rw")) {
            file.setLength(8192);
        }
        assertThatThrownBy(() -> Segment.open(segment.path(), SegmentKind.QUEUE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not a whole segment");
    }

    @Test
    void shouldTakeOverALockFromADeadOwnerOnly() throws IOException {
        Segment segment = segment();
        OwnerLock dead = new OwnerLock(segment.memory(), QueueLayout.PRODUCERS, 7, m -> false);
        assertThat(dead.lock(Long.MAX_VALUE)).isTrue();
        OwnerLock patient = new OwnerLock(segment.memory(), QueueLayout.PRODUCERS, 1, m -> false);
        assertThat(patient.lock(20_000_000)).isFalse();
        AtomicInteger probes = new AtomicInteger();
        DeathProbe probe =
                member -> {
                    probes.incrementAndGet();
                    return member == 7;
                };
        OwnerLock successor = new OwnerLock(segment.memory(), QueueLayout.PRODUCERS, 1, probe);
        assertThat(successor.lock(TimeUnit.SECONDS.toNanos(30))).isTrue();
        assertThat(probes).as("how often it asks whether the owner is dead").hasValue(1);
        successor.unlock();
        assertThatThrownBy(dead::unlock).isInstanceOf(IllegalStateException.class);
    }
}
