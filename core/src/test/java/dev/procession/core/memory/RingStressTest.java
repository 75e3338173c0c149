package dev.procession.core.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A writer and a reader in two threads, with records of random lengths. */
class RingStressTest {

    private static final int CAPACITY = 1024;
    private static final int COUNT = 500_000;

    @TempDir private Path directory;

    private Segment segment() throws IOException {
        return Segment.create(
                directory.resolve("ring"), SegmentKind.LANE, LaneLayout.segmentBytes(CAPACITY));
    }

    @Test
    @SuppressWarnings("ThreadPriorityCheck") // spinning would use up its turn on a busy machine
    void shouldKeepEveryRecordWholeAndInOrder() throws Exception {
        Segment segment = segment();
        RingWriter writer = LaneLayout.writer(segment, 0);
        RingReader reader = LaneLayout.reader(segment, 0);
        CompletableFuture<Void> sender =
                CompletableFuture.runAsync(
                        () -> {
                            Random random = new Random(3);
                            for (int i = 0; i < COUNT; i++) {
                                byte[] payload = payload(random, writer.maxPayloadBytes());
                                while (!writer.offer(i & 0xFFFF, i, payload)) {
                                    Thread.yield();
                                }
                            }
                        });
        Random expected = new Random(3);
        for (int i = 0; i < COUNT; i++) {
            while (!reader.next()) {
                Thread.yield();
            }
            assertThat(reader.id()).isEqualTo(i);
            assertThat(reader.type()).isEqualTo(i & 0xFFFF);
            assertThat(reader.payload()).isEqualTo(payload(expected, writer.maxPayloadBytes()));
            reader.release();
        }
        sender.get();
        assertThat(reader.next()).isFalse();
    }

    /** Nobody wakes but whoever is asked to by the other side's bit: a lost bit hangs this test. */
    @Test
    void shouldNeverLoseAWakeUp() throws Exception {
        Segment segment = segment();
        RingWriter writer = LaneLayout.writer(segment, 0);
        RingReader reader = LaneLayout.reader(segment, 0);
        Semaphore wakeReader = new Semaphore(0);
        Semaphore wakeWriter = new Semaphore(0);
        byte[] payload = new byte[writer.maxPayloadBytes()];
        int count = 100_000;
        CompletableFuture<Void> sender =
                CompletableFuture.runAsync(
                        () -> {
                            for (int i = 0; i < count; i++) {
                                while (!writer.offer(0, i, payload)) {
                                    writer.announceWait();
                                    if (!writer.fits(payload.length)) {
                                        wakeWriter.acquireUninterruptibly();
                                    }
                                    writer.endWait();
                                }
                                if (writer.takeReaderWaits()) {
                                    wakeReader.release();
                                }
                            }
                        });
        for (int i = 0; i < count; i++) {
            while (!reader.next()) {
                reader.announceWait();
                if (!reader.isReady()) {
                    wakeReader.acquire();
                }
                reader.endWait();
            }
            assertThat(reader.id()).isEqualTo(i);
            reader.release();
            if (reader.takeWriterWaits()) {
                wakeWriter.release();
            }
        }
        sender.get();
    }

    private static byte[] payload(Random random, int maxBytes) {
        byte[] payload = new byte[random.nextInt(maxBytes + 1)];
        random.nextBytes(payload);
        return payload;
    }
}
