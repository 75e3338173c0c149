package dev.procession.manager.client;

import dev.procession.testing.Await;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AlarmsTest {

    private final Alarms alarms = new Alarms();

    @AfterEach
    void close() {
        alarms.close();
    }

    @Test
    void shouldEndOtherWaitsThoughOneCannotBeEnded() throws Exception {
        try (SocketChannel first = SocketChannel.open();
                SocketChannel second = SocketChannel.open()) {
            Alarms.Alarm fails = alarms.closeAt(null, System.nanoTime());
            Alarms.Alarm sameTurn = alarms.closeAt(first, System.nanoTime());
            Await.until(() -> !first.isOpen(), "the next one is closed");
            Alarms.Alarm later = alarms.closeAt(second, System.nanoTime());
            Await.until(() -> !second.isOpen(), "a later one is closed");
            fails.cancel();
            sameTurn.cancel();
            later.cancel();
        }
    }
}
