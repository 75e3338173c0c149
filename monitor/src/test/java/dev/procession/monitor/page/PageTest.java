package dev.procession.monitor.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.testing.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets what, told by raw requests: a client that checks headers would hide what we accept. */
@Timeout(60)
class PageTest {

    private static final String SECRETS = "programs";

    @TempDir private Path directory;
    private Page page;
    private int port;
    private String token;

    /** A response. */
    private record Got(int status, String head, String body) {

        String header(String name) {
            return head.lines()
                    .filter(line -> line.startsWith(name + ": "))
                    .map(line -> line.substring(name.length() + 2))
                    .findFirst()
                    .orElse("");
        }
    }

    @BeforeEach
    void open() throws IOException {
        page = Page.open(0, keyFile());
        port = page.address().getPort();
        token = page.address().getQuery().substring("token=".length());
    }

    @AfterEach
    void close() {
        page.close();
    }

    private Path keyFile() {
        return directory.resolve("state").resolve("monitor.key");
    }

    private Got send(String firstLine, String... headers) throws IOException {
        return sendBody(firstLine, "", headers);
    }

    private Got sendBody(String firstLine, String body, String... headers) throws IOException {
        StringBuilder text = new StringBuilder(firstLine).append(" HTTP/1.1\r\n");
        if (Stream.of(headers).noneMatch(header -> header.startsWith("Host:"))) {
            text.append("Host: 127.0.0.1:").append(port).append("\r\n");
        }
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        if (!body.isEmpty()) {
            text.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        return sendRaw((text + "\r\n" + body).getBytes(StandardCharsets.ISO_8859_1));
    }

    private Got sendRaw(byte[] bytes) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            String all =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            int end = all.indexOf("\r\n\r\n");
            if (end < 0) {
                return new Got(0, "", all);
            }
            return new Got(
                    Integer.parseInt(all.substring(9, 12)),
                    all.substring(0, end),
                    all.substring(end + 4));
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.connect(
                new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
        socket.setSoTimeout(30_000);
        return socket;
    }

    private String bearer() {
        return "Authorization: Bearer " + token;
    }

    /** The cookie and the page's directory, as a browser gets them. */
    private record Signed(String cookie, String directory) {}

    private Signed signIn() throws IOException {
        Got got = send("GET /?token=" + token);
        assertThat(got.status()).isEqualTo(303);
        String cookie = got.header("Set-Cookie");
        return new Signed(
                "Cookie: " + cookie.substring(0, cookie.indexOf(';')), got.header("Location"));
    }

    @Nested
    class Tokens {

        @Test
        void shouldGiveACookieForTheTokenAndLeadAwayFromIt() throws IOException {
            Got got = send("GET /?token=" + token);
            assertThat(got.status()).isEqualTo(303);
            assertThat(got.header("Location")).startsWith("/").doesNotContain(token);
            assertThat(got.header("Set-Cookie"))
                    .doesNotContain(token)
                    .contains("HttpOnly", "SameSite=Strict", "Path=" + got.header("Location"));
            Signed signed = signIn();
            assertThat(send("GET " + signed.directory(), signed.cookie()).status()).isEqualTo(200);
        }

        @Test
        void shouldShowNothingWithoutIt() throws IOException {
            Signed signed = signIn();
            String wrong = token.substring(1) + (token.endsWith("A") ? "B" : "A");
            List<Got> all =
                    List.of(
                            send("GET /"),
                            send("GET /?token="),
                            send("GET /?token=" + wrong),
                            send("GET /snapshot"),
                            send("GET " + signed.directory()),
                            send("GET " + signed.directory() + "snapshot"),
                            send("GET " + signed.directory() + "events"),
                            send("GET /", signed.cookie()),
                            send("GET /snapshot", signed.cookie()),
                            send("GET " + signed.directory(), signed.cookie() + "x"),
                            send("GET /snapshot", "Authorization: Bearer " + wrong),
                            send("GET /snapshot", "Authorization: Bearer "),
                            send("POST " + signed.directory() + "kill"),
                            send("HEAD " + signed.directory()));
            assertThat(all)
                    .allSatisfy(
                            got -> {
                                assertThat(got.status()).isEqualTo(403);
                                assertThat(got.body()).doesNotContain(SECRETS);
                                assertThat(got.head()).doesNotContain("Set-Cookie");
                            });
        }

        @Test
        void shouldServeScriptsThatSendItAsAHeader() throws IOException {
            Got got = send("GET /snapshot", bearer());
            assertThat(got.status()).isEqualTo(200);
            assertThat(got.body()).contains(SECRETS);
        }

        @Test
        void shouldBeTheSameAfterARestart() throws IOException {
            Signed signed = signIn();
            String before = page.address().toString();
            page.close();
            page = Page.open(port, keyFile());
            assertThat(page.address()).hasToString(before);
            assertThat(send("GET " + signed.directory(), signed.cookie()).status()).isEqualTo(200);
        }

        @Test
        void shouldDifferForEachPortAndEachUser() throws IOException {
            try (Page other = Page.open(0, keyFile());
                    Page foreign = Page.open(0, directory.resolve("foreign").resolve("key"))) {
                assertThat(other.address().getQuery()).isNotEqualTo(page.address().getQuery());
                assertThat(foreign.address().getQuery()).isNotEqualTo(page.address().getQuery());
            }
        }

        @Test
        void shouldKeepTheKeyFromOthers() throws IOException {
            assertThat(Files.getPosixFilePermissions(keyFile()))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
            Files.setPosixFilePermissions(keyFile(), PosixFilePermissions.fromString("rw-r--r--"));
            assertThatThrownBy(() -> KeyFile.read(keyFile())).hasMessageContaining("delete it");
            try (Page other = Page.open(0, keyFile())) { // has a key of its own
                assertThat(other.address().getQuery()).startsWith("token=");
            }
            try (Stream<Path> files = Files.list(keyFile().getParent())) {
                assertThat(files).containsExactly(keyFile());
            }
        }
    }

    @Nested
    class Origins {

        @ParameterizedTest
        @ValueSource(strings = {"evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1", ""})
        void shouldServeNoOtherHost(String host) throws IOException {
            Signed signed = signIn();
            String header = "Host: " + host;
            assertThat(send("GET /?token=" + token, header).status()).isEqualTo(403);
            assertThat(send("GET " + signed.directory(), header, signed.cookie()).status())
                    .isEqualTo(403);
            assertThat(send("GET /snapshot", header, bearer()).status()).isEqualTo(403);
        }

        @Test
        void shouldServeTheOtherNameOfTheHost() throws IOException {
            assertThat(send("GET /?token=" + token, "Host: localhost:" + port).status())
                    .isEqualTo(303);
        }

        @Test
        void shouldObeyNoPageOfAnotherOrigin() throws IOException {
            Signed signed = signIn();
            String post = "POST " + signed.directory() + "cancel";
            String body = "{\"session\":\"none\",\"pool\":1,\"task\":1}";
            String json = "Content-Type: application/json";
            String ours = "Origin: http://127.0.0.1:" + port;
            assertThat(sendBody(post, body, json, ours, signed.cookie()).status())
                    .as("the page itself is obeyed, though there is no such program")
                    .isEqualTo(409);
            for (String foreign :
                    List.of(
                            "Origin: http://evil.example",
                            "Origin: null",
                            "Origin: http://127.0.0.1:1",
                            "Origin: https://127.0.0.1:" + port,
                            "Sec-Fetch-Site: cross-site",
                            "Sec-Fetch-Site: same-site",
                            "X-Nothing: no origin at all")) {
                assertThat(sendBody(post, body, json, foreign, signed.cookie()).status())
                        .as(foreign)
                        .isEqualTo(403);
            }
            assertThat(
                            sendBody(
                                            post,
                                            body,
                                            json,
                                            ours,
                                            signed.cookie(),
                                            "Sec-Fetch-Site: cross-site")
                                    .status())
                    .isEqualTo(403);
            assertThat(
                            sendBody(post, body, "Content-Type: text/plain", ours, signed.cookie())
                                    .status())
                    .as("what a form of another page can send")
                    .isEqualTo(405);
            assertThat(
                            send(
                                            "GET " + signed.directory() + "snapshot",
                                            signed.cookie(),
                                            "Sec-Fetch-Site: same-site")
                                    .status())
                    .isEqualTo(403);
        }

        @Test
        void shouldKeepForeignHostsFramesAndCachesAway() throws IOException {
            Signed signed = signIn();
            for (String path : List.of("", "monitor.js", "snapshot", "nothing")) {
                Got got = send("GET " + signed.directory() + path, signed.cookie());
                assertThat(got.header("Content-Security-Policy"))
                        .contains("default-src 'self'", "frame-ancestors 'none'");
                assertThat(got.header("X-Content-Type-Options")).isEqualTo("nosniff");
                assertThat(got.header("Cache-Control")).isEqualTo("no-store");
                assertThat(got.header("Referrer-Policy")).isEqualTo("no-referrer");
            }
        }

        @Test
        void shouldListenOnLoopbackOnly() throws IOException {
            for (NetworkInterface each :
                    Collections.list(NetworkInterface.getNetworkInterfaces())) {
                for (InetAddress address : Collections.list(each.getInetAddresses())) {
                    if (!address.isLoopbackAddress()) {
                        assertThatThrownBy(
                                        () -> {
                                            try (Socket socket = new Socket()) {
                                                socket.connect(
                                                        new InetSocketAddress(address, port), 2000);
                                            }
                                        })
                                .isInstanceOf(IOException.class);
                    }
                }
            }
        }
    }

    @Nested
    class Bounds {

        /** Paths and headers of any bytes get an answer or an end, and never what is secret. */
        @Test
        void shouldShowNothingToAFuzzer() throws IOException {
            Signed signed = signIn();
            Random random = new Random(11);
            String[] paths = {
                "/",
                "/?token=",
                signed.directory(),
                "/snapshot",
                "/..",
                "/%2e%2e/",
                "//",
                "/kill",
                signed.directory() + "../snapshot",
                signed.directory() + "events",
                "/?token=%00"
            };
            String[] headers = {
                "Host: 127.0.0.1:" + port,
                "Cookie: procession-" + port + "=",
                "Origin: null",
                "Authorization: Bearer ",
                "Content-Length: 5",
                "Host: x",
                "Sec-Fetch-Site: none",
                "Cookie: =;;=",
                "Transfer-Encoding: chunked",
                "Expect: 100-continue",
                ":",
                "A:\t"
            };
            for (int round = 0; round < 500; round++) {
                StringBuilder text = new StringBuilder(random.nextBoolean() ? "GET " : "POST ");
                text.append(paths[random.nextInt(paths.length)]).append(" HTTP/1.1\r\n");
                for (int i = random.nextInt(5); i > 0; i--) {
                    text.append(headers[random.nextInt(headers.length)]).append("\r\n");
                }
                byte[] bytes = (text + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
                if (random.nextBoolean()) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                }
                Got got = sendRaw(bytes);
                assertThat(got.status()).as("%s", text).isNotEqualTo(200).isNotEqualTo(303);
                assertThat(got.body()).doesNotContain(SECRETS);
            }
            assertThat(send("GET /snapshot", bearer()).status()).isEqualTo(200);
        }

        @Test
        void shouldRefuseAForeignBody() throws IOException {
            for (String body :
                    List.of("[", "[]", "7", "{}", "{\"session\":1,\"pool\":1}", "[".repeat(3000))) {
                for (String action : List.of("kill", "cancel", "stack")) {
                    assertThat(
                                    sendBody(
                                                    "POST /" + action,
                                                    body,
                                                    bearer(),
                                                    "Content-Type: application/json")
                                            .status())
                            .as(body)
                            .isEqualTo(400);
                }
            }
        }

        @Test
        void shouldKillNoProcessThatIsNoWorker() throws IOException {
            for (long pid : List.of(1L, ProcessHandle.current().pid(), -1L, Long.MAX_VALUE)) {
                Got got =
                        sendBody(
                                "POST /kill",
                                "{\"session\":\"s\",\"pool\":1,\"pid\":" + pid + "}",
                                bearer(),
                                "Content-Type: application/json");
                assertThat(got.status()).isEqualTo(409);
            }
        }

        @Test
        void shouldServeAgainWhenTooManyClientsHaveGone() throws IOException {
            List<Socket> idle = new ArrayList<>();
            long before = threads(); // of other tests, which end by and by
            try {
                for (int i = 0; i < 2 * PageServer.MAX_CONNECTIONS; i++) {
                    idle.add(connect());
                }
                assertThat(threads() - before).isLessThanOrEqualTo(PageServer.MAX_CONNECTIONS);
            } finally {
                for (Socket socket : idle) {
                    socket.close();
                }
            }
            Await.until(this::isServed, "a request is served again");
        }

        private long threads() {
            return Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("procession-monitor-"))
                    .count();
        }

        private boolean isServed() {
            try {
                return send("GET /snapshot", bearer()).status() == 200;
            } catch (IOException e) {
                return false;
            }
        }

        @Test
        void shouldCloseAClientThatSendsTooSlowly() throws Exception {
            try (Socket socket = connect()) {
                OutputStream out = socket.getOutputStream();
                out.write("GET / HT".getBytes(StandardCharsets.US_ASCII));
                out.flush();
                InputStream in = socket.getInputStream();
                assertThat(isEnd(in)).isTrue();
            }
        }

        private boolean isEnd(InputStream in) {
            try {
                return in.read() < 0;
            } catch (IOException e) {
                return e.getMessage().contains("reset");
            }
        }

        @Test
        void shouldSendEventsToAFewPages() throws Exception {
            List<Socket> pages = new ArrayList<>();
            try {
                for (int i = 0; i < Sampler.MAX_PAGES; i++) {
                    Socket socket = connect();
                    pages.add(socket);
                    assertThat(events(socket)).startsWith("HTTP/1.1 200");
                }
                try (Socket socket = connect()) {
                    assertThat(events(socket)).startsWith("HTTP/1.1 503");
                }
                BufferedReader first =
                        new BufferedReader(
                                new InputStreamReader(
                                        pages.get(0).getInputStream(), StandardCharsets.UTF_8));
                awaitEvent(first, "history");
                awaitEvent(first, "look");
                awaitEvent(first, "look");
            } finally {
                for (Socket socket : pages) {
                    socket.close();
                }
            }
        }

        private String events(Socket socket) throws IOException {
            String text =
                    "GET /events HTTP/1.1\r\nHost: 127.0.0.1:"
                            + port
                            + "\r\n"
                            + bearer()
                            + "\r\n\r\n";
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
        }

        private void awaitEvent(BufferedReader in, String name) throws IOException {
            String line;
            do {
                line = in.readLine();
                assertThat(line).as("a line before the end").isNotNull();
            } while (!line.equals("event: " + name));
            assertThat(in.readLine()).startsWith("data: {");
        }
    }
}
