package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.Background;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Calls that wait in the server, in a flight recording of the client. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManagerWaitEventTest {

    private static final String EVENT = "dev.procession.ManagerWait";

    @RegisterExtension final StoppableServer server = new StoppableServer();

    @TempDir private Path directory;

    private interface Body {
        void run(Manager manager) throws Exception;
    }

    private List<RecordedEvent> record(Body body) throws Exception {
        Path file = directory.resolve("manager.jfr");
        try (Recording recording = new Recording()) {
            recording.enable(EVENT);
            recording.start();
            body.run(server.manager());
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(EVENT))
                .toList();
    }

    private static String text(RecordedEvent event) {
        return event.getString("kind")
                + " "
                + event.getString("object")
                + " "
                + event.getString("operation")
                + " "
                + event.getBoolean("timedOut");
    }

    @Test
    void shouldRecordCallsThatWaited() throws Exception {
        List<RecordedEvent> events =
                record(
                        manager -> {
                            SharedQueue<String> queue = manager.queue("jobs", 1);
                            Background<String> taker = Background.start(queue::take);
                            server.awaitWaiting(1);
                            Thread.sleep(20); // it waits for longer than the threshold
                            queue.put("a");
                            assertThat(taker.get()).isEqualTo("a");
                            assertThat(queue.poll(30, TimeUnit.MILLISECONDS)).isNull();
                            assertThat(manager.event("e").await(Duration.ofMillis(30))).isFalse();
                            SharedLock lock = manager.lock("l");
                            Background<Boolean> holder = Background.start(lock::tryLock);
                            assertThat(holder.get()).isTrue();
                            assertThat(lock.tryLock(Duration.ofMillis(30))).isFalse();
                        });
        assertThat(events)
                .extracting(ManagerWaitEventTest::text)
                .contains(
                        "queue jobs poll false",
                        "queue jobs poll true",
                        "event e await true",
                        "lock l acquire true");
        assertThat(events)
                .allMatch(event -> event.getDuration().toMillis() >= 10)
                .allMatch(event -> event.getStackTrace() != null);
    }
}
