package dev.procession.bench.rival.queue;

import dev.procession.bench.rival.Children;
import dev.procession.core.ChildProcess;
import dev.procession.pipe.Connection;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.jspecify.annotations.Nullable;

/** Agrona's ring for many producers in a mapped file; both sides spin, elements come in batches. */
public final class AgronaRingRival extends FileFlowRival {

    static final String NAME = "Agrona ring";

    private static final int RING_BYTES = 1 << 16;
    private static final int TYPE = 1;
    private static final String FILE = "ring";

    private final long[] batch = new long[RING_BYTES / ELEMENT_BYTES];
    private int next;
    private int end;
    private final MessageHandler handler =
            (type, buffer, index, length) -> batch[end++] = buffer.getLong(index);
    private @Nullable ManyToOneRingBuffer ring;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String version() {
        return "Agrona " + ManyToOneRingBuffer.class.getPackage().getImplementationVersion();
    }

    @Override
    void openConsumer(Path directory) throws IOException {
        ring = map(directory);
    }

    private static ManyToOneRingBuffer map(Path directory) throws IOException {
        try (FileChannel channel =
                FileChannel.open(
                        directory.resolve(FILE),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            MappedByteBuffer memory =
                    channel.map(
                            FileChannel.MapMode.READ_WRITE,
                            0,
                            RING_BYTES + RingBufferDescriptor.TRAILER_LENGTH);
            return new ManyToOneRingBuffer(new UnsafeBuffer(memory));
        }
    }

    @Override
    long take() {
        ManyToOneRingBuffer used = ring;
        if (used == null) {
            throw new IllegalStateException("not open");
        }
        if (next == end) {
            next = 0;
            end = 0;
            while (used.read(handler) == 0) {
                Thread.onSpinWait();
            }
        }
        return batch[next++];
    }

    @Override
    void closeConsumer() {
        ring = null;
    }

    @Override
    ChildProcess<Void> startChild(Connection<Integer> theirs, String directory) {
        return Children.builder()
                .start(() -> serve(theirs, new RingProducer(map(Path.of(directory)))));
    }

    private static final class RingProducer implements Producer {

        private final ManyToOneRingBuffer ring;
        private final UnsafeBuffer element = new UnsafeBuffer(new byte[ELEMENT_BYTES]);

        RingProducer(ManyToOneRingBuffer ring) {
            this.ring = ring;
        }

        @Override
        public void put(long number) {
            element.putLong(0, number);
            while (!ring.write(TYPE, element, 0, ELEMENT_BYTES)) {
                Thread.onSpinWait();
            }
        }

        @Override
        public void close() {}
    }
}
