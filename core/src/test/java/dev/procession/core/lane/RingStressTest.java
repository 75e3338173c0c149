package dev.procession.core.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import dev.procession.testing.Budget;
import dev.procession.testing.Spin;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A writer and a reader in two threads, with records of random lengths. */
class RingStressTest {

    private static final int CAPACITY = 1024;
    private static final int LEAST = 20_000;
    private static final int MOST = 500_000;
    private static final Duration TIME = Duration.ofSeconds(20);
    private static final int MORE = 0;
    private static final int LAST = 1;

    @TempDir private Path directory;

    private Segment segment() throws IOException {
        return Segment.create(
                directory.resolve("ring"), SegmentKind.LANE, LaneLayout.segmentBytes(CAPACITY));
    }

    @Test
    void shouldKeepEveryRecordWholeAndInOrder() throws Exception {
        Segment segment = segment();
        RingWriter writer = LaneLayout.writer(segment, 0);
        RingReader reader = LaneLayout.reader(segment, 0);
        AtomicInteger sent = new AtomicInteger(Integer.MAX_VALUE);
        Background<Void> sender =
                Background.start(
                        () -> {
                            Random random = new Random(3);
                            Budget budget = new Budget(LEAST, MOST, TIME);
                            int i = 0;
                            try {
                                for (; budget.allows(i); i++) {
                                    int id = i;
                                    byte[] payload = payload(random, writer.maxPayloadBytes());
                                    Spin.until(() -> writer.offer(id & 0xFFFF, id, payload));
                                }
                            } finally {
                                sent.set(i);
                            }
                            return null;
                        });
        Random expected = new Random(3);
        for (int i = 0; hasNext(reader, sent, i); i++) {
            assertThat(reader.id()).isEqualTo(i);
            assertThat(reader.type()).isEqualTo(i & 0xFFFF);
            assertThat(reader.payload()).isEqualTo(payload(expected, writer.maxPayloadBytes()));
            reader.release();
        }
        sender.get();
        assertThat(reader.next()).isFalse();
    }

    /** Moves to the next record; false when all sent records have been read. */
    private static boolean hasNext(RingReader reader, AtomicInteger sent, int read)
            throws IOException {
        Spin.until(() -> reader.next() || sent.get() == read);
        return sent.get() != read;
    }

    /**
     * Each side wakes the other only if the other has announced its wait: a lost announcement would
     * leave a side asleep.
     */
    @Test
    void shouldNeverLoseAWakeUp() throws Exception {
        Segment segment = segment();
        RingWriter writer = LaneLayout.writer(segment, 0);
        RingReader reader = LaneLayout.reader(segment, 0);
        Semaphore wakeReader = new Semaphore(0);
        Semaphore wakeWriter = new Semaphore(0);
        Background<Void> sender = Background.start(() -> send(writer, wakeReader, wakeWriter));
        int type = MORE;
        for (int i = 0; type == MORE; i++) {
            while (!reader.next()) {
                reader.announceWait();
                if (!reader.isReady()) {
                    sleep(wakeReader);
                }
                reader.endWait();
            }
            assertThat(reader.id()).isEqualTo(i);
            type = reader.type();
            reader.release();
            if (reader.takeWriterWaits()) {
                wakeWriter.release();
            }
        }
        sender.get();
    }

    private static Void send(RingWriter writer, Semaphore wakeReader, Semaphore wakeWriter)
            throws InterruptedException {
        byte[] payload = new byte[writer.maxPayloadBytes()];
        Budget budget = new Budget(LEAST, 100_000, TIME);
        int type = MORE;
        for (int i = 0; type == MORE; i++) {
            type = budget.allows(i + 1) ? MORE : LAST;
            while (!writer.offer(type, i, payload)) {
                writer.announceWait();
                if (!writer.fits(payload.length)) {
                    sleep(wakeWriter);
                }
                writer.endWait();
            }
            if (writer.takeReaderWaits()) {
                wakeReader.release();
            }
        }
        return null;
    }

    private static void sleep(Semaphore wake) throws InterruptedException {
        assertThat(wake.tryAcquire(Await.PATIENCE.toNanos(), TimeUnit.NANOSECONDS))
                .as("the other side wakes this one")
                .isTrue();
    }

    private static byte[] payload(Random random, int maxBytes) {
        byte[] payload = new byte[random.nextInt(maxBytes + 1)];
        random.nextBytes(payload);
        return payload;
    }
}
