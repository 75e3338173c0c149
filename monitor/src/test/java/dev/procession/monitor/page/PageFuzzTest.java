package dev.procession.monitor.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.Await;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tens of thousands of requests that no browser sends, beside a page that goes on. */
@Timeout(240)
class PageFuzzTest extends PageUnderAttack {

    private static final int REQUESTS = 10_000;
    private static final int SENDERS = 4;

    /** 0: no answer to a request that is no request at all. */
    private static final Set<Integer> REFUSED = Set.of(0, 400, 403, 411, 413, 431);

    private static final Set<Integer> SHOWN =
            Set.of(0, 200, 400, 403, 404, 405, 409, 411, 413, 431, 503);

    private static final List<String> FILES =
            List.of("index.html", "monitor.js", "icon.svg", "monitor.css");

    @Test
    void shouldShowNothingToAStranger() throws Exception {
        fuzz(
                false,
                (seed, got) -> {
                    assertThat(got.status()).as(about(seed, false)).isIn(REFUSED);
                    assertThat(got.body()).as(about(seed, false)).hasSizeLessThan(100);
                    assertThat(got.head()).doesNotContain(client.token, "Set-Cookie", "Location");
                });
    }

    @Test
    void shouldShowOnlyItsFilesToTheOwner() throws Exception {
        List<String> files = new ArrayList<>();
        for (String file : FILES) {
            try (InputStream in = Page.class.getResourceAsStream(file)) {
                files.add(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
            }
        }
        fuzz(
                true,
                (seed, got) -> {
                    assertThat(got.status()).as(about(seed, true)).isIn(SHOWN);
                    if (got.status() == 200 && !got.body().isEmpty()) {
                        assertThat(files.contains(got.body()) || got.body().startsWith("{\"at\":"))
                                .as(about(seed, true))
                                .isTrue();
                    }
                });
    }

    /** Checks an answer. */
    private interface Check {
        void of(long seed, RawClient.Got got);
    }

    private String about(long seed, boolean hasToken) {
        return "seed "
                + seed
                + ": "
                + new String(
                        HostileRequest.of(client, seed, hasToken), StandardCharsets.ISO_8859_1);
    }

    private void fuzz(boolean hasToken, Check check) throws Exception {
        try (OpenPage good = new OpenPage(client)) {
            good.awaitLooks();
            ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
            try {
                List<Future<Integer>> all = new ArrayList<>();
                for (int i = 0; i < SENDERS; i++) {
                    int first = i;
                    all.add(senders.submit(() -> send(first, hasToken, check)));
                }
                int answered = 0;
                for (Future<Integer> each : all) {
                    answered += each.get();
                }
                assertThat(answered).as("requests with an answer").isGreaterThan(REQUESTS / 2);
            } finally {
                senders.shutdownNow();
            }
            good.awaitLooks();
            Await.until(() -> threads() == 1, "only the thread of the open page is left");
        }
        assertThat(log.messages(Level.INFO)).isEmpty();
        assertThat(log.messages(Level.ALL)).noneMatch(message -> message.contains(client.token));
        assertThat(client.send(client.request("GET /snapshot", client.bearer())).status())
                .isEqualTo(200);
    }

    private int send(int first, boolean hasToken, Check check) throws IOException {
        int answered = 0;
        for (long seed = first; seed < REQUESTS; seed += SENDERS) {
            RawClient.Got got = client.send(HostileRequest.of(client, seed, hasToken));
            check.of(seed, got);
            answered += got.status() > 0 ? 1 : 0;
        }
        return answered;
    }

    /** Counts the threads of clients: their names end with a number. */
    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("procession-monitor-[0-9]+"))
                .count();
    }

    @Test
    void shouldReadARequestThatComesInPieces() throws IOException {
        byte[] request =
                client.request("GET " + client.directory + "icon.svg", client.cookie)
                        .getBytes(StandardCharsets.US_ASCII);
        byte[][] each = new byte[request.length][];
        for (int i = 0; i < request.length; i++) {
            each[i] = new byte[] {request[i]};
            RawClient.Got got =
                    client.send(
                            Arrays.copyOf(request, i),
                            Arrays.copyOfRange(request, i, request.length));
            assertThat(got.status()).isEqualTo(200);
            assertThat(client.send(Arrays.copyOf(request, i)).status()).isIn(0, 400);
        }
        assertThat(client.send(each).status()).isEqualTo(200);
    }

    @Test
    void shouldAnswerOneRequestOfAConnection() throws IOException {
        String request = client.request("GET " + client.directory + "icon.svg", client.cookie);
        RawClient.Got got = client.send(request + request + request);
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.body()).startsWith("<svg").doesNotContain("HTTP/1.1");
        RawClient.Got smuggled =
                client.send(
                        client.request(
                                        "POST " + client.directory + "x",
                                        client.cookie,
                                        "Content-Length: 0",
                                        "Transfer-Encoding: chunked")
                                + request);
        assertThat(smuggled.status()).isEqualTo(411);
        assertThat(smuggled.body()).doesNotContain("HTTP/1.1");
    }

    @Test
    void shouldServeABrowserThatHasCookiesOfOtherServers() throws IOException {
        String cookies = client.cookie + "; name=J\u00fcrgen; =; ;";
        assertThat(client.send(client.request("GET " + client.directory, cookies)).status())
                .isEqualTo(200);
    }
}
