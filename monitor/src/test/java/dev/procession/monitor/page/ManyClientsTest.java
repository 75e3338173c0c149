package dev.procession.monitor.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.testing.Await;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that connect, and then do nothing, or too little, or too late. */
@Timeout(120)
class ManyClientsTest extends PageUnderAttack {

    private static final int CONNECTIONS = 10_000;
    private static final int OPEN = 100;

    /** The kernel repeats a connection's start after a second only, if the port's queue is full. */
    private static final int QUEUE_MILLIS = 20;

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("procession-monitor-[0-9]+"))
                .count();
    }

    private boolean isServed() {
        try {
            return client.send(client.request("GET /snapshot", client.bearer())).status() == 200;
        } catch (IOException e) {
            return false; // the queue of the port was full
        }
    }

    /** Another user needs no token to connect. */
    @Test
    void shouldServeTheOwnerWhileStrangersHoldAllConnections() throws Exception {
        List<Socket> strangers = new ArrayList<>();
        try (OpenPage good = new OpenPage(client)) {
            good.awaitLooks();
            for (int i = 0; i < 2 * PageServer.MAX_CONNECTIONS; i++) {
                Socket socket = client.connect();
                strangers.add(socket);
                socket.getOutputStream()
                        .write("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            long start = System.nanoTime();
            Await.until(this::isServed, "the owner is served");
            assertThat(System.nanoTime() - start)
                    .as("before a stranger's time is over")
                    .isLessThan(TimeUnit.SECONDS.toNanos(PageServer.STEP_SECONDS / 2));
            assertThat(threads()).isLessThanOrEqualTo(PageServer.MAX_CONNECTIONS);
            good.awaitLooks();
        } finally {
            for (Socket socket : strangers) {
                socket.close();
            }
        }
        Await.until(() -> threads() == 0, "no client is left");
    }

    @Test
    void shouldSurviveTenThousandConnections() throws Exception {
        Deque<Socket> open = new ArrayDeque<>();
        long most = 0;
        try (OpenPage good = new OpenPage(client)) {
            good.awaitLooks();
            for (int i = 0; i < CONNECTIONS; i++) {
                try {
                    open.add(misuse(i));
                } catch (IOException e) {
                    continue; // refused, which is fine
                }
                if (open.size() > OPEN) {
                    open.remove().close();
                }
                if (i % 500 == 0) {
                    most = Math.max(most, threads());
                }
            }
            assertThat(most).isLessThanOrEqualTo(PageServer.MAX_CONNECTIONS);
            good.awaitLooks();
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
        Await.until(this::isServed, "a request is served again");
        Await.until(() -> threads() == 0, "no client is left");
        assertThat(log.messages(Level.INFO)).isEmpty();
    }

    private Socket misuse(int i) throws IOException {
        Socket socket = client.connect(QUEUE_MILLIS);
        try {
            switch (i % 5) {
                case 0 -> socket.shutdownOutput();
                case 1 -> socket.setSoLinger(true, 0); // its end is a reset
                case 2 -> socket.getOutputStream().write('G');
                case 3 -> {
                    socket.getOutputStream()
                            .write("GET /\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    socket.shutdownInput(); // takes no answer
                }
                default -> {
                    // Never says a word.
                }
            }
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        return socket;
    }

    @Test
    void shouldDropAPageThatTakesNoEvents() throws Exception {
        try (Sampler sampler = new Sampler();
                Sampler.Subscription page = sampler.subscribe()) {
            Await.until(page::isTooSlow, "the page has too many events waiting");
            assertThatThrownBy(() -> page.next(0)).isInstanceOf(IOException.class);
        }
    }
}
