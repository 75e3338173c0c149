package dev.procession.manager.client;

import dev.procession.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
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

    private static void fail() {
        throw new IllegalStateException("for the test");
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldEndOtherWaitsEvenIfOneCannotBeEnded() throws Exception {
        try (SocketChannel first = SocketChannel.open();
                SocketChannel second = SocketChannel.open()) {
            Alarms.Alarm fails = alarms.set(AlarmsTest::fail, System.nanoTime());
            Alarms.Alarm sameTurn = alarms.set(() -> close(first), System.nanoTime());
            Await.until(() -> !first.isOpen(), "the next one is closed");
            Alarms.Alarm later = alarms.set(() -> close(second), System.nanoTime());
            Await.until(() -> !second.isOpen(), "a later one is closed");
            fails.cancel();
            sameTurn.cancel();
            later.cancel();
        }
    }
}
