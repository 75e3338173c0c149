package dev.procession.bench.rival.queue;

import dev.procession.bench.rival.Children;
import dev.procession.bench.rival.LibraryVersion;
import dev.procession.core.ChildProcess;
import dev.procession.pipe.Connection;
import java.nio.file.Path;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import org.jspecify.annotations.Nullable;

/** Chronicle Queue on a file system in memory; the consumer spins. The queue keeps all elements. */
public final class ChronicleQueueRival extends FileFlowRival {

    public static final String NAME = "Chronicle Queue";

    private static final String FOLDER = "queue";

    private final Bytes<?> element = Bytes.allocateElasticDirect(ELEMENT_BYTES);
    private @Nullable ChronicleQueue queue;
    private @Nullable ExcerptTailer tailer;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String version() {
        return "Chronicle Queue " + LibraryVersion.of("net.openhft", "chronicle-queue");
    }

    @Override
    void openConsumer(Path directory) {
        ChronicleQueue opened = build(directory.toString());
        queue = opened;
        tailer = opened.createTailer();
    }

    private static ChronicleQueue build(String directory) {
        return SingleChronicleQueueBuilder.binary(Path.of(directory, FOLDER)).build();
    }

    @Override
    long take() {
        ExcerptTailer used = tailer;
        if (used == null) {
            throw new IllegalStateException("not open");
        }
        element.clear();
        while (!used.readBytes(element)) {
            Thread.onSpinWait();
        }
        return element.readLong();
    }

    @Override
    void closeConsumer() {
        if (queue != null) {
            queue.close();
        }
        element.releaseLast();
    }

    @Override
    ChildProcess<Void> startChild(Connection<Integer> theirs, String directory) {
        return Children.builder().start(() -> serve(theirs, new QueueProducer(build(directory))));
    }

    private static final class QueueProducer implements Producer {

        private final Bytes<?> element = Bytes.allocateElasticDirect(ELEMENT_BYTES);
        private final ChronicleQueue queue;
        private final ExcerptAppender appender;

        QueueProducer(ChronicleQueue queue) {
            this.queue = queue;
            appender = queue.createAppender();
        }

        @Override
        public void put(long number) {
            element.clear();
            element.writeLong(number);
            element.writePosition(ELEMENT_BYTES);
            appender.writeBytes(element);
        }

        @Override
        public void close() {
            appender.close();
            queue.close();
            element.releaseLast();
        }
    }
}
