package dev.procession.bench.micro;

import dev.procession.bench.rival.Scratch;
import dev.procession.core.lane.LaneLayout;
import dev.procession.core.lane.RingReader;
import dev.procession.core.lane.RingWriter;
import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The cost of a message in a one-writer ring when no reader has to be woken. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class RingBenchmark {

    private static final int CAPACITY = 1 << 16;

    private final byte[] message = new byte[32];
    private Scratch scratch;
    private RingWriter writer;
    private RingReader reader;
    private long id;

    /** Creates and maps a ring. */
    @Setup
    public void open() throws IOException {
        scratch = Scratch.create();
        Segment segment =
                Segment.create(
                        scratch.directory().resolve("ring"),
                        SegmentKind.LANE,
                        LaneLayout.segmentBytes(CAPACITY));
        writer = LaneLayout.writer(segment, 0);
        reader = LaneLayout.reader(segment, 0);
    }

    /** Removes its file. */
    @TearDown
    public void close() throws IOException {
        scratch.close();
    }

    /** 32 bytes in and out, by one thread. */
    @Benchmark
    public byte[] offerAndPoll() throws IOException {
        if (!writer.offer(1, id++, message) || !reader.next()) {
            throw new IllegalStateException("the ring does not take turns");
        }
        byte[] payload = reader.payload();
        reader.release();
        return payload;
    }
}
