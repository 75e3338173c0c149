package dev.procession.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.Iterables;
import dev.procession.core.ChildProcess;
import dev.procession.core.life.Session;
import dev.procession.queue.ring.QueueSlots;
import dev.procession.queue.ring.Waiting;
import dev.procession.testing.Await;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The consumers of a queue are replaced again and again. */
@Timeout(180)
class ManyConsumersTest {

    private static final int CONSUMERS = 14;

    /** Descriptors that the JVM may open for other reasons. */
    private static final int OTHERS = 8;

    @Test
    void shouldKeepNoSocketForConsumersThatAreDead() throws Exception {
        try (ProcessQueue<Integer> queue = ProcessQueue.create(4)) {
            QueueSlots slots = OpenQueues.attach(segment()).ring().slots();
            int before = 0;
            for (int i = 0; i < CONSUMERS; i++) {
                try (ChildProcess<Integer> consumer = ChildProcess.start(queue::take)) {
                    Await.until(() -> slots.hasWaiters(Waiting.ELEMENT), "it waits");
                    queue.put(i); // wakes the consumer by a connection to its bell
                    assertThat(consumer.result()).isEqualTo(i);
                }
                if (i == 0) {
                    before = descriptors();
                }
            }
            assertThat(descriptors() - before).isLessThan(OTHERS);
        }
    }

    /** Returns the segment of this program's only queue. */
    private static Path segment() throws IOException {
        try (DirectoryStream<Path> found =
                Files.newDirectoryStream(Session.current().home(), "q*")) {
            return Iterables.getOnlyElement(found);
        }
    }

    private static int descriptors() {
        String[] open = new File("/proc/self/fd").list();
        return open == null ? 0 : open.length;
    }
}
