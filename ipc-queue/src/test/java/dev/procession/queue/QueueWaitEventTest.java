package dev.procession.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.testing.Background;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Waits at a queue in a flight recording. */
@Timeout(60)
class QueueWaitEventTest {

    private static final String EVENT = "dev.procession.QueueWait";

    private final String name = "waits-" + ProcessHandle.current().pid() + "-" + System.nanoTime();

    @TempDir private Path directory;

    private interface Body {
        void run(ProcessQueue<String> queue) throws Exception;
    }

    private List<RecordedEvent> record(Duration threshold, Body body) throws Exception {
        Path file = directory.resolve("queue.jfr");
        try (Recording recording = new Recording();
                ProcessQueue<String> queue =
                        ProcessQueue.builder().capacity(1).name(name).build()) {
            recording.enable(EVENT).withThreshold(threshold);
            recording.start();
            body.run(queue);
            queue.clear();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(EVENT))
                .filter(event -> event.getString("queue").equals(name))
                .toList();
    }

    @Test
    void shouldRecordOperationsThatWaited() throws Exception {
        List<RecordedEvent> events =
                record(
                        Duration.ofMillis(10),
                        queue -> {
                            Background<String> taker = Background.start(queue::take).awaitBlocked();
                            Thread.sleep(20); // it waits for longer than the threshold
                            queue.put("a");
                            assertThat(taker.get()).isEqualTo("a");
                            assertThat(queue.poll(20, TimeUnit.MILLISECONDS)).isNull();
                            queue.put("b");
                            assertThat(queue.offer("c", 20, TimeUnit.MILLISECONDS)).isFalse();
                            Background<Void> putter =
                                    Background.<Void>start(
                                                    () -> {
                                                        queue.put("d");
                                                        return null;
                                                    })
                                            .awaitBlocked();
                            Thread.sleep(20);
                            assertThat(queue.take()).isEqualTo("b");
                            putter.get();
                            assertThat(queue.join(Duration.ofMillis(20))).isFalse();
                        });
        assertThat(events)
                .extracting(event -> event.getString("operation"))
                .containsExactlyInAnyOrder("take", "poll", "offer", "put", "join");
        for (RecordedEvent event : events) {
            boolean limited =
                    List.of("poll", "offer", "join").contains(event.getString("operation"));
            assertThat(event.getBoolean("timedOut")).as("%s", event).isEqualTo(limited);
            assertThat(event.getDuration())
                    .isBetween(Duration.ofMillis(10), Duration.ofSeconds(30));
            assertThat(event.getStackTrace()).isNotNull();
        }
    }

    @Test
    void shouldRecordAWaitThatTheCloseEnds() throws Exception {
        List<RecordedEvent> events =
                record(
                        Duration.ZERO,
                        queue -> {
                            Background<Lease<String>> taker =
                                    Background.start(queue::takeLeased).awaitBlocked();
                            queue.close();
                            assertThatThrownBy(taker::get)
                                    .isInstanceOf(ExecutionException.class)
                                    .hasCauseInstanceOf(QueueClosedException.class);
                        });
        assertThat(events)
                .singleElement()
                .satisfies(
                        event -> {
                            assertThat(event.getString("operation")).isEqualTo("takeLeased");
                            assertThat(event.getBoolean("timedOut")).isFalse();
                        });
    }

    @Test
    void shouldRecordNothingOfOperationsThatDoNotWait() throws Exception {
        List<RecordedEvent> events =
                record(
                        Duration.ZERO,
                        queue -> {
                            assertThat(queue.poll()).isNull();
                            queue.put("a");
                            assertThat(queue.offer("b")).isFalse();
                            assertThat(queue.offer("b", 0, TimeUnit.SECONDS)).isFalse();
                            assertThat(queue.take()).isEqualTo("a");
                            assertThat(queue.poll(0, TimeUnit.SECONDS)).isNull();
                            queue.taskDone();
                            queue.join();
                            queue.close();
                            assertThat(queue.poll(1, TimeUnit.SECONDS)).isNull();
                        });
        assertThat(events).isEmpty();
    }
}
