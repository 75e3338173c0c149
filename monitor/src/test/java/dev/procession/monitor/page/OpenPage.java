package dev.procession.monitor.page;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.procession.testing.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** A page that is open in a browser beside what happens: it counts the looks that it is sent. */
final class OpenPage implements AutoCloseable {

    private final Socket socket;
    private final Thread reader;
    private final AtomicInteger looks = new AtomicInteger();
    private volatile boolean ended;

    OpenPage(RawClient client) throws IOException {
        socket = client.connect();
        String request = client.request("GET " + client.directory + "events", client.cookie);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        reader = new Thread(this::read, "open page");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
            String line;
            while ((line = in.readLine()) != null) {
                if (line.equals("event: look")) {
                    looks.incrementAndGet();
                }
            }
        } catch (IOException e) {
            // It was closed.
        } finally {
            ended = true;
        }
    }

    /** Waits for looks that come from now on. */
    void awaitLooks() {
        int before = looks.get();
        Await.until(() -> looks.get() > before + 1 || ended, "the open page gets looks");
        if (ended) {
            throw new AssertionError("the open page has lost its events");
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        Uninterruptibles.joinUninterruptibly(reader);
    }
}
