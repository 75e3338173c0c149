package dev.procession.bench.rival.pool;

import dev.procession.bench.race.Figure;
import dev.procession.monitor.Monitor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** A workload while a page of the monitor is open that takes all events and draws nothing. */
public final class WatchedWorkload implements Workload {

    private static final long FIRST_LOOK_SECONDS = 30;

    private final Workload watched;

    public WatchedWorkload(Workload watched) {
        this.watched = watched;
    }

    @Override
    public Figure measure(ExecutorService executor, int amount) throws Exception {
        Thread reader;
        Figure figure;
        try (Monitor monitor = Monitor.open(0)) {
            HttpURLConnection page = events(monitor.address());
            CountDownLatch looked = new CountDownLatch(1);
            reader = new Thread(() -> read(page, looked), "page");
            reader.start();
            if (!looked.await(FIRST_LOOK_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("the page has shown nothing: seconds=" + FIRST_LOOK_SECONDS);
            }
            figure = watched.measure(executor, amount);
            if (!reader.isAlive()) {
                throw new IOException("the page has ended while it watched");
            }
        }
        reader.join();
        return figure;
    }

    private static HttpURLConnection events(URI address) throws IOException {
        String token = address.getQuery().substring("token=".length());
        HttpURLConnection connection =
                (HttpURLConnection) address.resolve("/events").toURL().openConnection();
        connection.setRequestProperty("Authorization", "Bearer " + token);
        return connection;
    }

    private static void read(HttpURLConnection page, CountDownLatch looked) {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(page.getInputStream(), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            while (line != null) {
                if (line.equals("event: look")) {
                    looked.countDown();
                }
                line = lines.readLine();
            }
        } catch (IOException e) {
            // The monitor has closed the page; one that ends early fails the measurement.
        }
    }
}
