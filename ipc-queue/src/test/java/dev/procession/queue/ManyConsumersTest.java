package dev.procession.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.Iterables;
import dev.procession.core.ChildProcess;
import dev.procession.core.life.Session;
import dev.procession.testing.Await;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The consumers of a queue are replaced again and again. */
@Timeout(120)
class ManyConsumersTest {

    private static final int CONSUMERS = 20;

    /** What the JVM may open meanwhile for other reasons. */
    private static final int OTHERS = 10;

    @Test
    void shouldKeepNoSocketForConsumersThatAreDead() throws Exception {
        try (ProcessQueue<Integer> queue = ProcessQueue.create(4)) {
            int before = 0;
            for (int i = 0; i < CONSUMERS; i++) {
                try (ChildProcess<Integer> consumer = ChildProcess.start(queue::take)) {
                    Await.until(() -> bells() > 0, "the consumer waits");
                    queue.put(i); // wakes it, by a connection to its bell
                    assertThat(consumer.result()).isEqualTo(i);
                }
                Await.until(() -> bells() == 0, "what the consumer left is swept");
                if (i == 0) {
                    before = descriptors();
                }
            }
            assertThat(descriptors() - before).isLessThan(OTHERS);
        }
    }

    /** How many children have waited at a queue and are not swept. */
    private static int bells() {
        try (DirectoryStream<Path> found =
                Files.newDirectoryStream(Session.current().home(), "q*.b*")) {
            return Iterables.size(found);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int descriptors() {
        String[] open = new File("/proc/self/fd").list();
        return open == null ? 0 : open.length;
    }
}
