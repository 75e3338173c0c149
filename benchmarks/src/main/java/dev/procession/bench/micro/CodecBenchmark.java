package dev.procession.bench.micro;

import dev.procession.core.Codec;
import dev.procession.core.SerializableCallable;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The time of the standard codec for a lambda that captures an int. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {

    private final Codec codec = Codec.standard();
    private final byte[] encoded = codec.encode(lambda(41));
    private int number;

    /** Encodes it. */
    @Benchmark
    public byte[] encodeLambda() {
        return codec.encode(lambda(number++));
    }

    /** Decodes it. */
    @Benchmark
    public Object decodeLambda() {
        return codec.decode(ByteBuffer.wrap(encoded));
    }

    private static SerializableCallable<Integer> lambda(int number) {
        return () -> number + 1;
    }
}
