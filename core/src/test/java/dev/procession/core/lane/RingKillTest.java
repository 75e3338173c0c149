package dev.procession.core.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.memory.KillPoint;
import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process is killed by SIGKILL at a step of its write; the reader sees whole records only. */
class RingKillTest {

    private static final int CAPACITY = 4096;
    private static final int KILLED_AT = 5;
    private static final int SIGKILL = 128 + 9;

    @TempDir private Path directory;

    @ParameterizedTest
    @CsvSource({"LANE_COPIED, ARRAY", "LANE_COPIED, BUFFER"})
    void shouldShowNothingOfTheRecordThatAKilledWriterDidNotCommit(KillPoint point, Source source)
            throws Exception {
        requireWholeRecords(KILLED_AT - 1, readerAfterDeath(point, source));
    }

    @ParameterizedTest
    @CsvSource({"LANE_COMMITTED, ARRAY", "LANE_COMMITTED, BUFFER"})
    void shouldShowAllBytesOfTheRecordThatAKilledWriterCommitted(KillPoint point, Source source)
            throws Exception {
        requireWholeRecords(KILLED_AT, readerAfterDeath(point, source));
    }

    private RingReader readerAfterDeath(KillPoint point, Source source) throws Exception {
        Path path = directory.resolve("ring");
        Segment segment = Segment.create(path, SegmentKind.LANE, LaneLayout.segmentBytes(CAPACITY));
        Process writer =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Dprocession.killPoint=" + point + ":" + KILLED_AT,
                                "-cp",
                                System.getProperty("java.class.path"),
                                Writer.class.getName(),
                                path.toString(),
                                source.name())
                        .inheritIO()
                        .start();
        try {
            assertThat(writer.waitFor(40, TimeUnit.SECONDS)).as("it has ended").isTrue();
        } finally {
            writer.destroyForcibly();
        }
        assertThat(writer.exitValue()).isEqualTo(SIGKILL);
        return LaneLayout.reader(segment, 0);
    }

    private static void requireWholeRecords(int count, RingReader reader) throws IOException {
        for (int i = 0; i < count; i++) {
            assertThat(reader.next()).as("record %d is there", i).isTrue();
            assertThat(reader.id()).isEqualTo(i);
            assertThat(reader.payload()).as("record %d", i).isEqualTo(payload(i));
            reader.release();
        }
        assertThat(reader.next()).as("one more is there").isFalse();
    }

    private static byte[] payload(int number) {
        byte[] payload = new byte[100 + number];
        Arrays.fill(payload, (byte) (number + 1));
        return payload;
    }

    /** The source of a writer's payloads. */
    private enum Source {
        ARRAY,
        BUFFER
    }

    /** Writes records for ever. */
    static final class Writer {
        public static void main(String[] arguments) throws IOException {
            Segment segment = Segment.open(Path.of(arguments[0]), SegmentKind.LANE);
            RingWriter writer = LaneLayout.writer(segment, 0);
            for (int i = 0; ; i++) {
                byte[] payload = payload(i);
                if (Source.valueOf(arguments[1]) == Source.ARRAY) {
                    writer.offer(0, i, payload);
                } else {
                    writer.offer(0, i, ByteBuffer.wrap(payload), 0, payload.length);
                }
            }
        }
    }
}
