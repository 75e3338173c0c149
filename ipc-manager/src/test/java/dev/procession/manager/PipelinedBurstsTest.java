package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.manager.proxy.RemoteManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Bursts of small requests whose answers are many times larger than a server's limit for unsent
 * answers.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PipelinedBurstsTest {

    private static final int MESSAGE_BYTES = 1 << 20;
    private static final int PATIENCE_SECONDS = 40;

    private static RemoteManager manager;

    @BeforeAll
    static void start() {
        manager = (RemoteManager) Manager.builder().maxMessageBytes(MESSAGE_BYTES).embedded();
    }

    @AfterAll
    static void stop() {
        manager.close();
    }

    private static void fill(SharedDict<Integer, byte[]> dict, int count, int bytes) {
        for (int i = 0; i < count; i++) {
            dict.put(i, new byte[bytes + i]);
        }
    }

    private static void assertAnswered(List<CompletableFuture<byte[]>> flight, int bytes)
            throws Exception {
        for (int i = 0; i < flight.size(); i++) {
            assertThat(flight.get(i).get(PATIENCE_SECONDS, TimeUnit.SECONDS)).hasSize(bytes + i);
        }
    }

    @Test
    void shouldAnswerABurstOfRemovalsOfLargeValues() throws Exception {
        SharedDict<Integer, byte[]> dict = manager.dict("removed");
        fill(dict, 80, 300_000);
        List<CompletableFuture<byte[]>> flight = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            flight.add(dict.removeAsync(i));
        }
        assertAnswered(flight, 300_000);
        assertThat(dict).isEmpty();
    }

    @Test
    void shouldAnswerABurstOfReadsOfLargeValues() throws Exception {
        SharedDict<Integer, byte[]> dict = manager.dict("read");
        fill(dict, 100, 400_000);
        List<CompletableFuture<byte[]>> flight = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            flight.add(dict.getAsync(i));
        }
        assertAnswered(flight, 400_000);
    }

    @Test
    void shouldAnswerLargeRequestsWithLargeAnswersWhileConnectionsBreak() throws Exception {
        SharedDict<Integer, byte[]> dict = manager.dict("replaced");
        fill(dict, 60, 500_000);
        List<CompletableFuture<byte[]>> flight = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            flight.add(dict.putAsync(i, new byte[600_000 + i]));
            if (i % 15 == 7) {
                manager.client().cutConnections();
            }
        }
        assertAnswered(flight, 500_000);
        for (int i = 0; i < 60; i++) {
            assertThat(dict.get(i)).hasSize(600_000 + i);
        }
    }
}
